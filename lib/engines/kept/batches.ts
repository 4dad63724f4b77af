/**
 * Jobs on their way to a slot and back.
 *
 * @module
 */

import type { Ending } from "../../job.ts";
import type { Endings } from "../endings.ts";
import type { Jobs } from "../jobs.ts";

/** Jobs that were sent in one message, and how many of them have come back. */
export interface Flight {
  /** Which of the messages to the slot this is, from 1. */
  readonly number: number;
  readonly jobs: Jobs;
  /** Whether the slot has marked a job of it as started. */
  isMarked: boolean;
  back: number;
  /** Whether nobody waits for those that have not come back. */
  isGivenUp: boolean;
}

/** Jobs that have ended, and how. */
export interface Landed<E extends Endings = Endings> {
  readonly jobs: Jobs;
  readonly endings: E;
  /** Whether nobody waits for them. */
  readonly isGivenUp: boolean;
}

/** What is left of the jobs of a slot that died. */
export interface Wreck {
  /** The job that it was lost to, and how that has ended. */
  readonly died?: Landed<readonly Ending[]>;
  /** Those that are to be done elsewhere. */
  readonly rest: readonly Jobs[];
}

/** Whether a job of this index was sent and has not come back. */
export function isIn(flight: Flight, index: number): boolean {
  const offset = index - flight.jobs.first;
  return offset >= flight.back && offset < flight.jobs.inputs.length;
}
