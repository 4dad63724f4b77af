/**
 * Which tasks run, and in which order.
 *
 * @module
 */

import type { Task } from "./job.ts";

/**
 * The tasks of these names, or all, with what they need: each behind all that it needs, and apart from
 * that as they stand in the file.
 *
 * @param only Names of tasks, all of which exist. @default all
 */
export function plan(tasks: readonly Task[], only?: readonly string[]): Task[] {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const planned = new Set<Task>();
  const add = (task: Task) => {
    if (planned.has(task)) return;
    for (const name of task.needs) add(byName.get(name) as Task);
    planned.add(task);
  };
  for (const task of tasks) if (only?.includes(task.name) ?? true) add(task);
  return [...planned];
}
