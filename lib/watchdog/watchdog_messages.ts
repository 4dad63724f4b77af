/**
 * What the watchdog is told.
 *
 * @module
 */

import type { TimedStart } from "../engines/timekeeper.ts";

/** A task that runs commands, which are asked to end by a signal. */
export interface WatchedTask {
  readonly name: string;
  readonly graceMs: number;
}

/** A message to the watchdog. */
export type ToWatchdog =
  | {
    readonly kind: "begin";
    readonly board: Int32Array<SharedArrayBuffer>;
    readonly hearsSignals: boolean;
  }
  | {
    /** From now on the main thread may be busy with something that is not ours to bound. */
    readonly kind: "opened";
    readonly id: number;
    readonly what: string;
  }
  | { readonly kind: "closed"; readonly id: number }
  | { readonly kind: "run"; readonly runId: string; readonly tasks: readonly WatchedTask[] }
  | {
    readonly kind: "started";
    readonly process: TimedStart;
    readonly state: Int32Array<SharedArrayBuffer>;
  };
