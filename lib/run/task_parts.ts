/**
 * What a task that runs gets from outside, and whom it tells.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import type { TaskEngine } from "../engines/engine.ts";
import type { Items } from "../streams/iteration.ts";
import type { RunEvent } from "../events.ts";
import type { Halt } from "../job.ts";
import type { Results } from "./results.ts";
import type { Kept } from "./task_feed.ts";

/** What a task runs on. */
export interface TaskParts {
  readonly engine: TaskEngine;
  readonly inputs: Items;
  /** How long inputs that are about to give one are waited for as they are closed, in ms. @default 0 */
  readonly busyMs?: number;
  /** By what it is told that the next of them is long in coming; it is not told if absent. */
  readonly inputsClock?: Clock;
  /** Index of the first of them. @default 0 */
  readonly first?: number;
  /** What has ended before; nothing if absent. */
  readonly kept?: Kept;
}

/** What a task tells of itself. */
export interface TaskHooks<R> {
  /** Told of every event, but for those of jobs that have ended: that is for its results to do. */
  readonly tell: (event: RunEvent) => void;
  readonly results: Results<R>;
  /** It cannot go on. */
  readonly onFault: (fault: unknown) => void;
  /** It has had enough, and is to be halted; told once. */
  readonly onEnough: (halt: Halt) => void;
}
