/**
 * Jobs that are tried again.
 *
 * @module
 */

import { CLOCK, type Clock } from "../time/clock.ts";
import type { Ending, Retries } from "../job.ts";

/** One job that waits for its next attempt. */
export interface Retry {
  readonly index: number;
  readonly input: unknown;
  /** The attempt that it waits for, from 2. */
  readonly attempt: number;
}

/** The longest wait that a timer takes: with a longer one it would not wait at all. */
const LONGEST_MS = 2 ** 31 - 1;

/** Knows which jobs are tried again, and holds them until it is time. */
export class RetryQueue {
  /** Called when a job is due that was not. */
  onDue: () => void = () => {};
  readonly #retries?: Retries;
  readonly #clock: Clock;
  /** In the order in which they are due. */
  readonly #waiting: { readonly dueAt: number; readonly retry: Retry }[] = [];
  #callOff?: () => void;

  /** @param retries Nothing is tried again if absent. */
  constructor(retries: Retries | undefined, clock: Clock = CLOCK) {
    this.#retries = retries;
    this.#clock = clock;
  }

  /** Whether no job waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * How long a job waits after an attempt that has ended so, in ms; nothing if it is not tried again.
   *
   * @param attempt Which attempt has ended, from 1.
   */
  waitAfter(ending: Ending, attempt: number): number | undefined {
    if (!this.#retries || attempt > this.#retries.times) return undefined;
    if (ending.kind === "done" || ending.kind === "cancelled") return undefined;
    const { backoffMs, factor, maxMs, jitter, on } = this.#retries;
    if (on && !on.includes(ending.kind) && !on.includes(ending.error.name)) return undefined;
    // Not 0 × ∞, which a factor comes to in the end.
    const wait = backoffMs === 0 ? 0 : Math.min(maxMs, backoffMs * factor ** (attempt - 1));
    return wait * (1 + jitter * (2 * Math.random() - 1));
  }

  /** Has a job wait. */
  add(retry: Retry, waitMs: number): void {
    const dueAt = this.#clock.now() + waitMs;
    let at = this.#waiting.length;
    while (at > 0 && (this.#waiting[at - 1]?.dueAt ?? 0) > dueAt) at--;
    this.#waiting.splice(at, 0, { dueAt, retry });
    if (at === 0) this.#wake();
  }

  /** A job that is due. */
  take(): Retry | undefined {
    const first = this.#waiting[0];
    if (!first || first.dueAt > this.#clock.now()) return undefined;
    this.#waiting.shift();
    this.#wake();
    return first.retry;
  }

  /** All of them, which do not wait any more. */
  giveUp(): readonly Retry[] {
    this.#callOff?.();
    return this.#waiting.splice(0).map(({ retry }) => retry);
  }

  /** Sees to it that `onDue` is called when the first of them is due. */
  #wake(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    const first = this.#waiting[0];
    if (!first) return;
    const ms = Math.min(LONGEST_MS, Math.max(0, first.dueAt - this.#clock.now()));
    this.#callOff = this.#clock.after(ms, () => this.#ring());
  }

  #ring(): void {
    const isDue = (this.#waiting[0]?.dueAt ?? Infinity) <= this.#clock.now();
    if (isDue) this.onDue();
    else this.#wake();
  }
}
