/**
 * Whether one more slot would be of use.
 *
 * @module
 */

/** How long slots are watched before another is opened, in ms; less than a start takes. */
export const WATCH_MS: number = 10;

/** The share of their time that slots work when there are too few of them. */
export const BUSY_SHARE: number = 0.5;

/**
 * How much the open slots have to do. Functions that return at once keep no slot busy: one takes all that
 * it can be sent, and a second one would only cost its start and its memory.
 */
export class ScaleUp {
  readonly #isAlwaysOfUse: boolean;
  /** How long the jobs have taken together that have ended since it was last restarted. */
  workMs = 0;
  #since = 0;
  #later?: ReturnType<typeof setTimeout>;
  #turn?: ReturnType<typeof setImmediate>;

  /** @param isAlwaysOfUse Whether another slot is always of use: slots are forever being opened. */
  constructor(isAlwaysOfUse: boolean = false) {
    this.#isAlwaysOfUse = isAlwaysOfUse;
  }

  /** Calls once slots have been watched for a while, unless it is to do so already. */
  lookLater(look: () => void): void {
    this.#later ??= setTimeout(() => {
      // Timers go before messages: what slots have told meanwhile is to be heard first.
      this.#turn = setImmediate(() => {
        this.#later = undefined;
        look();
      });
    }, WATCH_MS);
  }

  stop(): void {
    clearTimeout(this.#later);
    clearImmediate(this.#turn);
  }

  /** The number of slots has changed: what was before says nothing of what will be. */
  restart(now: number): void {
    this.#since = now;
    this.workMs = 0;
  }

  /** Whether the slots work for at least half of the time, or one of them is at work and tells nothing. */
  isOfUse(slots: readonly { readonly heardAt: number }[], now: number): boolean {
    if (this.#isAlwaysOfUse) return true;
    const watched = now - this.#since;
    if (watched < WATCH_MS) return false;
    return slots.some(({ heardAt }) => now - heardAt >= WATCH_MS) ||
      this.workMs >= BUSY_SHARE * slots.length * watched;
  }
}
