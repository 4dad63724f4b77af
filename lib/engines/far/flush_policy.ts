/**
 * When what has ended at a slot has waited long enough for company.
 *
 * @module
 */

/** How long it may wait, in ms: about as long as a message works. */
export const PATIENCE_MS = 32;

/** Says when it is time to tell. */
export interface Due {
  /** Whether it is, since this was last started again. */
  isDue(): boolean;
  /** Nothing waits. */
  restart(): void;
}

/** The same by the clock, which takes as long as a short job. */
export class DueByClock implements Due {
  readonly #now: () => number;
  #since = 0;

  /** @param now The clock, in ms. @default `Date.now`, as it was before a function may have put another in its place */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** See {@link Due.isDue}. */
  isDue(): boolean {
    const waitedMs = this.#now() - this.#since;
    // The clock may be set back.
    return waitedMs < 0 || waitedMs >= PATIENCE_MS;
  }

  /** See {@link Due.restart}. */
  restart(): void {
    this.#since = this.#now();
  }
}
