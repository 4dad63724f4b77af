/**
 * When a slot tells what has ended there, instead of waiting for more to tell in the same message.
 *
 * @module
 */

/** How long that may wait, in ms: about as long as the jobs of a message take. */
export const FLUSH_AFTER_MS = 32;

/** Says when it is time to flush. */
export interface FlushPolicy {
  /** Whether it is, since the last `restart()`. */
  isDue(): boolean;
  /** Everything has been told. */
  restart(): void;
}

/** Flushes by the clock. To look at it takes as long as a short job: Workers have a shared flag instead. */
export class FlushByClock implements FlushPolicy {
  readonly #now: () => number;
  #since = 0;

  /** @param now The clock, in ms. @default `Date.now`, as it was before a function may have put another in its place */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  isDue(): boolean {
    const waitedMs = this.#now() - this.#since;
    // The clock may be set back.
    return waitedMs < 0 || waitedMs >= FLUSH_AFTER_MS;
  }

  restart(): void {
    this.#since = this.#now();
  }
}
