/**
 * Jobs that go together.
 *
 * @module
 */

/** Consecutive jobs of a task. */
export interface Jobs {
  /** Index of the first of them, from 0. */
  readonly first: number;
  readonly inputs: readonly unknown[];
  /** Which attempt at each of them this is, from 1. */
  readonly attempt: number;
}

/** Some of the jobs, by their offset. */
export function part(jobs: Jobs, start: number, end?: number): Jobs {
  return { ...jobs, first: jobs.first + start, inputs: jobs.inputs.slice(start, end) };
}
