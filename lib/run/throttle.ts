/**
 * Jobs that start no faster than they may.
 *
 * @module
 */

import { CLOCK, type Clock } from "../time/clock.ts";

/** How late timers may be, in ms: what starts oftener than this catches up, and what does not keeps its distance. */
const LAG_MS = 10;

/** Keeps starts apart. */
export class Throttle {
  /** Called when a job may start that might not. */
  onDue: () => void = () => {};
  readonly #delayMs: number;
  readonly #clock: Clock;
  readonly #lagMs: number;
  #nextAt: number;
  #callOff?: () => void;

  /** @param delayMs The shortest time between two starts; the first one is at once. */
  constructor(delayMs: number, clock: Clock = CLOCK) {
    this.#delayMs = delayMs;
    this.#clock = clock;
    this.#lagMs = delayMs > LAG_MS ? 0 : LAG_MS;
    this.#nextAt = clock.now();
  }

  /** How many may start now; if none, `onDue` is called as soon as one may. */
  get free(): number {
    const late = this.#clock.now() - this.#nextAt;
    if (late >= 0) return 1 + Math.floor(Math.min(late, this.#lagMs) / this.#delayMs);
    this.#callOff ??= this.#clock.after(Math.ceil(-late), () => {
      this.#callOff = undefined;
      this.onDue();
    });
    return 0;
  }

  /** So many have started. */
  count(started: number): void {
    const from = Math.max(this.#nextAt, this.#clock.now() - this.#lagMs);
    this.#nextAt = from + started * this.#delayMs;
  }

  /** Does not call, unless `free` is asked for again. */
  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}
