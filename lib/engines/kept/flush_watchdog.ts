/**
 * Slots that are to tell what has ended there.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { FLUSH_AFTER_MS } from "../far/flush_policy.ts";

/** A slot, as far as it matters here. */
interface BusySlot {
  readonly flights: number;
  readonly heardAt: number;
  readonly link?: { requestFlush?(): void };
}

/** Has slots tell what has ended that have told nothing for a while. */
export class Patience {
  readonly #slots: readonly BusySlot[];
  readonly #clock: Clock;
  #callOff?: () => void;

  /** @param clock The one by which slots were heard. */
  constructor(slots: readonly BusySlot[], clock: Clock) {
    this.#slots = slots;
    this.#clock = clock;
  }

  /** Looks after the slots as long as one of them is busy. */
  start(): void {
    this.#callOff ??= this.#clock.after(FLUSH_AFTER_MS, () => this.#look());
  }

  /** Looks after none any more. */
  stop(): void {
    this.#callOff?.();
  }

  #look(): void {
    this.#callOff = undefined;
    const busy = this.#slots.filter(({ flights }) => flights > 0);
    const now = this.#clock.now();
    let leftMs = FLUSH_AFTER_MS;
    for (const { heardAt, link } of busy) {
      const left = heardAt + FLUSH_AFTER_MS - now;
      if (left <= 0) link?.requestFlush?.();
      else leftMs = Math.min(leftMs, left);
    }
    if (busy.length > 0) this.#callOff = this.#clock.after(leftMs, () => this.#look());
  }
}

/** Calls once after so many ms, as {@link Clock.after} does, and does not keep this process alive for that. */
export const unheld: Clock["after"] = (ms, act) => {
  const timer = setTimeout(act, ms);
  Deno.unrefTimer(timer);
  return () => clearTimeout(timer);
};
