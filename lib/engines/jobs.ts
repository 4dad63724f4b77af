/**
 * Jobs that go together.
 *
 * @module
 */

/** What jobs are of, where calls of several functions share an engine. */
export interface Call {
  /** Name of the function, an export of the module of the engine. */
  readonly name: string;
  /** Whether an array input is spread over the parameters. */
  readonly spread: boolean;
  /** Whether it is to be told when each job has started, and how long it took. */
  readonly isTimed: boolean;
  /** How much more the indexes of the jobs are than those that their function is told. */
  readonly base: number;
}

/** Consecutive jobs of a task. */
export interface Jobs {
  /** Index of the first of them, from 0. */
  readonly first: number;
  readonly inputs: readonly unknown[];
  /** Which attempt at each of them this is, from 1. */
  readonly attempt: number;
  /** What they are of, where that is not always the same. */
  readonly call?: Call;
}

/** Each of the jobs alone. */
export function singly(jobs: Jobs): Jobs[] {
  return jobs.inputs.map((_, i) => part(jobs, i, i + 1));
}

/** Some of the jobs, by their offset. */
export function part(jobs: Jobs, start: number, end?: number): Jobs {
  return { ...jobs, first: jobs.first + start, inputs: jobs.inputs.slice(start, end) };
}
