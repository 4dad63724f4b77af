/**
 * Whether the server can be reached, looked at all the time.
 *
 * @module
 */

import { messageOf } from "../../../fault.ts";

/** How often it is looked, and how long an answer may take, in ms. */
const LOOK_MS = 2000;
const ANSWER_MS = 5000;

/** After how long without an answer the connections are made anew, in ms: the network may have lost them silently. */
const ANEW_MS = 15_000;

export interface ReachEvents {
  unreachable(reason: string): void;
  reachable(): void;
}

/** Tells when the server cannot be reached, and when it can again, once each. */
export class Reach {
  readonly #events: ReachEvents;
  readonly #look: () => Promise<void>;
  readonly #reconnect: () => void;
  #isDown = false;
  #downAt = 0;
  /** Whether all that is known is that it does not answer. */
  #isLate = false;
  #stopped = false;
  #timer?: ReturnType<typeof setTimeout>;

  /**
   * @param look Resolves when the server has answered.
   * @param reconnect Drops all connections.
   */
  constructor(events: ReachEvents, look: () => Promise<void>, reconnect: () => void) {
    this.#events = events;
    this.#look = look;
    this.#reconnect = reconnect;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  down(reason: string): void {
    if (this.#stopped) return;
    this.#downAt = performance.now();
    if (this.#isDown) return;
    this.#isDown = true;
    this.#events.unreachable(reason);
  }

  /** @param askedAt When it was asked what it has answered: an answer may be older than the loss. */
  up(askedAt: number = performance.now()): void {
    if (!this.#isDown || this.#stopped || askedAt < this.#downAt) return;
    this.#isDown = false;
    this.#events.reachable();
  }

  start(): void {
    this.#timer = setTimeout(() => this.#once(), LOOK_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #once(): Promise<void> {
    this.#isLate = false;
    const silent = setTimeout(() => {
      this.#isLate = !this.#isDown;
      this.down(`it has not answered for ${ANSWER_MS / 1000} s`);
    }, ANSWER_MS);
    const anew = setInterval(() => this.#reconnect(), ANEW_MS);
    const askedAt = performance.now();
    try {
      await this.#look();
      // It was late, and not away.
      this.up(this.#isLate ? undefined : askedAt);
    } catch (error) {
      this.down(messageOf(error));
    } finally {
      clearTimeout(silent);
      clearInterval(anew);
    }
    if (!this.#stopped) this.start();
  }
}
