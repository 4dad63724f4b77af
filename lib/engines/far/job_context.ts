/**
 * What a function is told of its job.
 *
 * @module
 */

import type { Context } from "../../job.ts";

/** Where the signals of jobs come from. */
export interface Signals {
  /** The signal of a job, made when it is first asked for. */
  signalOf(index: number): AbortSignal;
}

/** See {@link Context}. Most functions never look at their signal, and pay nothing for it. */
export class JobContext implements Context {
  readonly task: string;
  readonly index: number;
  readonly attempt: number;
  readonly slot: number;
  readonly runId: string;
  readonly #at: number;
  readonly #signals: Signals;

  /**
   * @param at What the slot knows the job by.
   * @param base How much more that is than its index.
   */
  constructor(
    { task, runId, slot }: Pick<Context, "task" | "runId" | "slot">,
    at: number,
    base: number,
    attempt: number,
    signals: Signals,
  ) {
    this.task = task;
    this.index = at - base;
    this.#at = at;
    this.attempt = attempt;
    this.slot = slot;
    this.runId = runId;
    this.#signals = signals;
  }

  /** See {@link Context.signal}. */
  get signal(): AbortSignal {
    return this.#signals.signalOf(this.#at);
  }
}
