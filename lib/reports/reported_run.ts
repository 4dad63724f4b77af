/**
 * What reports tell of a run: a report is text made of this, in pieces, and nothing else.
 *
 * @module
 */

import type { Outcome } from "../job.ts";
import type { Cause } from "../output/notices.ts";
import { jobCountText } from "../text/amounts.ts";
import type { Timeline } from "./timeline.ts";

/** A run, as far as it has come. */
export interface ReportedRun {
  readonly id: string;
  /** How far it has come, and how many jobs ended how: `ended, 3 jobs: 2 done, 1 failed`. */
  readonly state: string;
  /** Whether it has come to its end, and all jobs are done. */
  readonly isWell: boolean;
  /** Its command line. */
  readonly line: string;
  /** The folder in which it was called. */
  readonly folder: string;
  /** In ms since the epoch. */
  readonly startedAt?: number;
  /** In ms since the epoch; nothing if it just stopped, or goes on. */
  readonly endedAt?: number;
  /** In their order in the run. */
  readonly tasks: readonly ReportedTask[];
  /** Why it did not go well. */
  readonly cause?: Cause;
  /** The slowest job first. */
  readonly slowest: readonly Outcome[];
  readonly timeline: Timeline;
}

/** A task, and the jobs of it that have ended. */
export interface ReportedTask {
  readonly task: string;
  /** How many ended how; none that is 0. */
  readonly counts: Readonly<Partial<Record<Outcome["kind"], number>>>;
  readonly jobs: number;
  /** How many it is to have; nothing if that is not known. */
  readonly inputs?: number;
  /** Whether there are no others. */
  readonly isWhole: boolean;
  readonly totalMs: number;
  readonly medianMs?: number;
  /** Reads them, in the order of inputs: as many as {@link jobs}. */
  outcomes(options?: { readonly onlyFailed: boolean }): Iterable<Outcome>;
}

/** How long a piece of a report is at the least, but for the last, in UTF-16 units: many small ones take longer. */
export const PIECE_LENGTH: number = 32 * 1024;

/** That not all jobs of a task have ended: `3 of 6 jobs have ended`. */
export function restText({ jobs, inputs }: Pick<ReportedTask, "jobs" | "inputs">): string {
  const isOne = jobs === 1 && inputs === undefined;
  return `${jobCountText(jobs, inputs)} ${isOne ? "has" : "have"} ended`;
}
