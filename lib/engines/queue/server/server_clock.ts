/**
 * The time of the server, in a thread whose machine may have another one.
 *
 * BullMQ says when a lock runs out by the clock of the client: on PostgreSQL, one that is five minutes ahead would take
 * the slices of all others.
 *
 * @module
 */

/** How long an answer may take to say what time it is, in ms. */
const PROMPT_MS = 1000;

/** A clock that runs evenly, and is set by the server's. */
export class ServerClock {
  #serverMs = Date.now();
  #readAt = performance.now();
  #isSet = false;

  /** From now on `Date.now` of this thread is the time of the server, as far as it is known. */
  install(): void {
    Date.now = () => Math.round(this.now());
  }

  /** In ms since 1970. */
  now(): number {
    return this.#serverMs + performance.now() - this.#readAt;
  }

  /** @param ask Gives the time of the server, in ms since 1970. @throws What `ask` throws. */
  async set(ask: () => Promise<number>): Promise<void> {
    const askedAt = performance.now();
    const serverMs = await ask();
    const tookMs = performance.now() - askedAt;
    // Of a late answer nobody knows what it was late by.
    if (this.#isSet && tookMs > PROMPT_MS) return;
    this.#serverMs = serverMs;
    this.#readAt = askedAt + tookMs / 2;
    this.#isSet = true;
  }
}
