/**
 * What commands are told of their task.
 *
 * @module
 */

import type { Timeout } from "../../job.ts";
import type { Start } from "../start_place.ts";
import type { SpoolStore } from "../spools/spool.ts";
import type { Timekeeper } from "../timekeeper.ts";

/** What to start for one job. */
export interface CommandLine {
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What the commands of a task are. */
export interface CommandsOptions {
  /** Name of the task. */
  readonly task: string;
  readonly runId: string;
  readonly slots: number;
  /** What to start for an input; what it throws fails the job. */
  readonly lineOf: (input: unknown, place: { index: number; slot: number }) => CommandLine;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Absolute folder they run in. @default that of the start */
  readonly cwd?: string;
  /** @default folder and environment of this process as it is then */
  readonly start?: Start;
  /** How long each may take. @default as long as it likes */
  readonly timeout?: Timeout;
  /** How long it may take to end when it was asked to, in ms. @default 5000 */
  readonly graceMs?: number;
  /** Ends those that are late, instead of this thread, which may be busy. @default nobody */
  readonly timekeeper?: Timekeeper;
  readonly store: SpoolStore;
}
