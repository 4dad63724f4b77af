/**
 * Time that stands still.
 *
 * @module
 */

import type { Clock } from "../../lib/time/clock.ts";

/** A clock that goes only when the test says so. */
export class FakeClock implements Clock {
  #now = 0;
  #timers: { readonly at: number; readonly act: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    const timer = { at: this.#now + ms, act };
    this.#timers.push(timer);
    return () => this.#timers = this.#timers.filter((other) => other !== timer);
  }

  /** How many timers run. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Lets time pass, and every timer act that is due by then. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.act();
    }
    this.#now = end;
  }

  /**
   * Lets time pass in which nothing can act, as while a process is stopped. What is due then acts as soon
   * as time passes again.
   */
  leap(ms: number): void {
    this.#now += ms;
  }
}
