/**
 * What is known of single jobs while they run.
 *
 * @module
 */

import type { JobId } from "./job.ts";

/** What a job is known by in a run. */
export type JobKey = Pick<JobId, "task" | "index">;

/** A map by jobs. Functions that print nothing are never told to run, and are many: an empty one looks at no key. */
export class JobMap<T> {
  readonly #byKey = new Map<string, T>();

  get size(): number {
    return this.#byKey.size;
  }

  get(job: JobKey): T | undefined {
    return this.#byKey.size === 0 ? undefined : this.#byKey.get(keyOf(job));
  }

  set(job: JobKey, value: T): void {
    this.#byKey.set(keyOf(job), value);
  }

  /** What is known of a job, and is not any more. */
  take(job: JobKey): T | undefined {
    if (this.#byKey.size === 0) return undefined;
    const key = keyOf(job);
    const value = this.#byKey.get(key);
    this.#byKey.delete(key);
    return value;
  }

  /** What is known of all, in the order in which they came. */
  values(): T[] {
    return [...this.#byKey.values()];
  }
}

function keyOf({ task, index }: JobKey): string {
  return `${index} ${task}`;
}
