/**
 * Which signals are one request to end, and which are another.
 *
 * @module
 */

import { CLOCK, type Clock } from "../time/clock.ts";

/** How long after a signal the same one still belongs to it, in ms: nobody asks twice as fast. */
const TOGETHER_MS = 200;

/** How often it is looked whether all copies have been sent, in ms. */
const LOOK_MS = 50;

/** How long a copy is waited for at the most, in ms: who passes signals on may never come to rest. */
const MOST_MS = 5000;

/** What a signal is: the first request, a copy of it, or the next request. */
export type Request = "first" | "copy" | "next";

/** The programs around this one that pass signals on to it. */
export interface Wrappers {
  /** Whether they have passed on all signals that they had got when this was last asked. */
  areQuiet(): boolean;
}

/** What requests are told by. */
export interface RequestsOptions {
  /** Finds those that are there; asked at the first signal. */
  readonly wrappers: () => Wrappers | undefined;
  /** @default the one that goes on by itself */
  readonly clock?: Clock;
}

/**
 * Tells a signal that comes in several copies from a second request.
 *
 * A terminal sends Ctrl-C to all processes of a group, and `deno task`, `timeout` and others send what they get to
 * their child once more. A signal does not say who sent it. So the same signal within 200 ms is a copy. It may be
 * late where the machine is busy: it is a copy, too, until all wrappers have been seen at rest since the
 * first, for one that still has to pass a signal on is not. Another signal is always another request.
 */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #clock: Clock;
  #first?: { readonly signal: string; readonly at: number };
  #wrappers?: Wrappers;

  /** No signal has come yet. */
  constructor(options: RequestsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? CLOCK;
  }

  /** A signal has come. */
  hear(signal: string): Request {
    const now = this.#clock.now();
    if (!this.#first) {
      this.#first = { signal, at: now };
      this.#wrappers = this.#options.wrappers();
      this.#lookLater();
      return "first";
    }
    const isSoon = now - this.#first.at < TOGETHER_MS;
    const isSame = signal === this.#first.signal;
    return isSame && (isSoon || this.#wrappers !== undefined) ? "copy" : "next";
  }

  #lookLater(): void {
    if (this.#wrappers) this.#clock.after(LOOK_MS, () => this.#look());
  }

  #look(): void {
    const isTooLong = this.#clock.now() - (this.#first?.at ?? 0) >= MOST_MS;
    if (isTooLong || this.#wrappers?.areQuiet()) this.#wrappers = undefined;
    this.#lookLater();
  }
}
