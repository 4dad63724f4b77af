/**
 * Which tasks run, and in which order.
 *
 * @module
 */

import type { Task } from "../job.ts";
import { partsOf, type Source } from "../source.ts";

/**
 * The tasks of these names, or all, with what they need and what they have their inputs from: each behind all of
 * those, and apart from that as they stand in the file. Names of none are passed over, and so is the last step of a
 * cycle.
 *
 * @param only Names of tasks. @default all
 */
export function plan(tasks: readonly Task[], only?: readonly string[]): Task[] {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const met = new Set<Task>();
  const planned: Task[] = [];
  const add = (task: Task | undefined) => {
    if (!task || met.has(task)) return;
    met.add(task);
    for (const name of [...task.needs, ...fromsOf(task.source)]) add(byName.get(name));
    planned.push(task);
  };
  for (const task of tasks) if (only?.includes(task.name) ?? true) add(task);
  return planned;
}

/** Whether others have to run before a task, or beside it, for its inputs to be there. */
export function waitsForOthers({ needs, source }: Task): boolean {
  return needs.length > 0 || fromsOf(source).length > 0;
}

/** Names of the tasks whose values are inputs of others. */
export function passersOn(tasks: readonly Task[]): string[] {
  return [...new Set(tasks.flatMap(({ source }) => fromsOf(source)))];
}

/** Names of the tasks that a source has values from. */
export function fromsOf(source: Source): readonly string[] {
  const own = source.task === undefined ? [] : [source.task];
  return [...own, ...partsOf(source).flatMap(fromsOf)];
}
