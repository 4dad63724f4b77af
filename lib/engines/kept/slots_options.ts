/**
 * What is to be known of jobs that run on slots.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { FunctionRef, Timeout } from "../../job.ts";
import type { Pacing } from "./chunk_sizer.ts";
import type { SpoolStore } from "../spools/spool.ts";
import type { Timekeeper } from "../timekeeper.ts";

/** When a slot has had its time, and another is to take its place; never if absent. */
export interface RecycleOptions {
  /** After so many jobs. */
  readonly recycleJobs?: number;
  /** When it takes more memory than this at the end of a chunk. */
  readonly recycleMemoryBytes?: number;
}

/** What the jobs of a task are, and how they are to be run. */
export interface SlotsOptions extends RecycleOptions {
  /** Name of the task. */
  readonly task: string;
  readonly runId: string;
  /** The function; with an empty path its module, of which jobs name a function by their call. */
  readonly run: FunctionRef;
  readonly init?: FunctionRef;
  readonly spread: boolean;
  /** How many slots there are at the most. */
  readonly slots: number;
  readonly chunk: number | "auto";
  /** Says instead of `chunk` how many jobs go in one message. */
  readonly pace?: Pacing;
  /** Whether jobs start as soon as they are taken: then each goes alone, to a slot that has nothing to do. */
  readonly startsWhatItTakes?: boolean;
  /**
   * Whether all buffers of inputs and results are moved, not only those that are marked. To and from processes
   * nothing is. @default false
   */
  readonly transfer?: boolean;
  /** How long a job may take; its slot ends with it. Only processes can be ended so. */
  readonly timeout?: Timeout;
  /** How long a job that listens may take to end when it was asked to, in ms. @default 5000 */
  readonly graceMs?: number;
  /** Knows for how long this process was stopped. @default nobody */
  readonly timekeeper?: Pick<Timekeeper, "awakeMs">;
  readonly store: SpoolStore;
  /** The clock, in ms. @default `performance.now` */
  readonly now?: () => number;
  /** Calls later by the same clock. @default what does not keep this process alive */
  readonly after?: Clock["after"];
}
