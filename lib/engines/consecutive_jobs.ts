/**
 * Jobs that go together, and how they have ended.
 *
 * @module
 */

import type { Ending, ErrorRecord, Output } from "../job.ts";

/** What jobs are of, where calls of several functions share an engine. */
export interface Call {
  /** Name of the function, an export of the module of the engine. */
  readonly name: string;
  /** Whether an array input is spread over the parameters. */
  readonly spread: boolean;
  /** Whether it is to be told when each job has started, and how long it took. */
  readonly isTimed: boolean;
  /** Whether the end of each is told at once: the next may be long, or take the slot with it. @default false */
  readonly isApart?: boolean;
  /** How much more the indexes of the jobs are than those that their function is told. */
  readonly base: number;
}

/** Consecutive jobs of a task. */
export interface Jobs {
  /** Index of the first of them, from 0. */
  readonly first: number;
  readonly inputs: readonly unknown[];
  readonly attempt: number;
  /** What they are of, where that is not always the same. */
  readonly call?: Call;
}

export function singly(jobs: Jobs): Jobs[] {
  return jobs.inputs.map((_, i) => part(jobs, i, i + 1));
}

/** Some of the jobs, by their offset. */
export function part(jobs: Jobs, start: number, end?: number): Jobs {
  return { ...jobs, first: jobs.first + start, inputs: jobs.inputs.slice(start, end) };
}

/** What a slot tells of jobs that have ended, by columns. */
export interface Columns {
  /** One for each job; nothing where it failed. A `Float64Array` may stand for a list of numbers. */
  readonly values: ArrayLike<unknown>;
  /** For each job, or for all together, its start, in ms since the epoch, and its duration in ms. */
  readonly times: Float64Array;
}

/** What a slot tells of consecutive jobs. */
export interface JobsTold extends Columns {
  readonly first: number;
  /** Those that failed: which of them, from 0, and why. */
  readonly failures: readonly (readonly [number, ErrorRecord])[];
}

/** Whether times are told of each job. */
export function areOfEach({ values, times }: Columns): boolean {
  return times.length === values.length * 2;
}

/**
 * Jobs that are all done and have written nothing, by columns: of most jobs nobody looks at more than the value,
 * and an object for each costs more than all else.
 */
export interface AllDone extends Columns {
  readonly slot: number;
  readonly pid: number | undefined;
  /** Name of the host, where others lend their slots. */
  readonly host?: string;
}

/** How consecutive jobs have ended, in their order; `"times" in endings` says that all are done. */
export type Endings = readonly Ending[] | AllDone;

/** When one of the jobs of a message has started, in ms since the epoch; the first of them, where no more was told. */
export function startOf(told: Columns, i: number): number {
  return told.times[areOfEach(told) ? i * 2 : 0] as number;
}

/** How long one of the jobs of a message took, in ms; on the average, where no more was told. */
export function durationOf(told: Columns, i: number): number {
  return areOfEach(told)
    ? told.times[i * 2 + 1] as number
    : told.times[1] as number / told.values.length;
}

/** How the jobs of a message have ended, one by one, with what each of them wrote. */
export function endingsOf(
  message: JobsTold,
  slot: number,
  pid: number | undefined,
  outputOf: (index: number) => Output | undefined,
): Ending[] {
  const { first, values, failures } = message;
  const errors = new Map(failures);
  const endings: Ending[] = [];
  for (let i = 0; i < values.length; i++) {
    const startedAt = startOf(message, i);
    const durationMs = durationOf(message, i);
    const output = outputOf(first + i);
    const error = errors.size > 0 ? errors.get(i) : undefined;
    // Literals, for a spread costs more than all else that is done here for a job.
    endings.push(
      error
        ? { kind: "failed", error, startedAt, durationMs, slot, pid, output }
        : { kind: "done", value: values[i], startedAt, durationMs, slot, pid, output },
    );
  }
  return endings;
}

export function eachOf(endings: Endings): readonly Ending[] {
  if (!("times" in endings)) return endings;
  const told = { ...endings, first: 0, failures: [] };
  const { slot, pid, host } = endings;
  const each = endingsOf(told, slot, pid, () => undefined);
  return host === undefined ? each : each.map((ending) => ({ ...ending, host }));
}
