/**
 * Which tasks run, and in which order.
 *
 * @module
 */

import type { Source, Task } from "./job.ts";

/**
 * The tasks of these names, or all, with what they need and what they have their inputs from: each behind all of
 * those, and apart from that as they stand in the file.
 *
 * @param only Names of tasks, all of which exist. @default all
 */
export function plan(tasks: readonly Task[], only?: readonly string[]): Task[] {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const planned = new Set<Task>();
  const add = (task: Task) => {
    if (planned.has(task)) return;
    for (const name of [...task.needs, ...fromsOf(task.source)]) add(byName.get(name) as Task);
    planned.add(task);
  };
  for (const task of tasks) if (only?.includes(task.name) ?? true) add(task);
  return [...planned];
}

/** Names of the tasks whose values are inputs of others. */
export function passersOn(tasks: readonly Task[]): string[] {
  return [...new Set(tasks.flatMap(({ source }) => fromsOf(source)))];
}

/** Names of the tasks that a source has values from. */
export function fromsOf(source: Source): readonly string[] {
  switch (source.kind) {
    case "from":
      return [source.task];
    case "product":
    case "zip":
      return source.parts.flatMap(fromsOf);
    case "mapped":
    case "modified":
      return fromsOf(source.source);
    default:
      return [];
  }
}
