/**
 * Numbers of jobs.
 *
 * @module
 */

import { Fault } from "./fault.ts";

/**
 * The number of a job for people: from 1, that of `{#}` and of `Seq` in a joblog. Programs go by its index, its
 * position in the inputs from 0.
 */
export function jobNumber(index: number): number {
  return index + 1;
}

/** The index of a job by its number, as it was typed. @throws {Fault} Of kind `usage`, if that is none from 1. */
export function indexOfJob(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= Number.MAX_SAFE_INTEGER) return number - 1;
  throw new Fault("usage", `Cannot read the number of a job: found "${text}", wanted 1, 2, 3…`, {
    hint: "jobs are counted from 1; the index that programs are given is one less",
  });
}
