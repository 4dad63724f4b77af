/**
 * Who keeps the time of processes while this thread is busy with something else.
 *
 * @module
 */

import type { Marks } from "./system/process_tree.ts";

/** A process whose time is kept. */
export interface Timed {
  /** It is over, or has no limit any more; gives whether it was late, and so was asked to end. */
  end(): boolean;
}

/** What is known of a process when it has started. */
export interface TimedStart {
  readonly pid: number;
  /** What it and all that it has started are known by. */
  readonly marks: Marks;
  /** How long it may take to end when it was asked to, in ms. */
  readonly graceMs: number;
  /** How long it may take, in ms; shared, for it may change. */
  readonly limitMs: Float64Array<SharedArrayBuffer>;
}

/** Keeps the time of processes from a thread of its own. */
export interface Timekeeper {
  /** For how long this process has been seen not to be stopped, in ms, modulo 2³². */
  readonly awakeMs: number;
  /** Has a process asked to end, and killed after its grace, when it takes longer than its limit. */
  start(process: TimedStart): Timed;
}
