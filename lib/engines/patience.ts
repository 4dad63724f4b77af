/**
 * Slots that are to tell what has ended there.
 *
 * @module
 */

import { PATIENCE_MS } from "./due.ts";

/** A slot, as far as it matters here. */
interface BusySlot {
  readonly flights: number;
  readonly heardAt: number;
  readonly link?: { hurry?(): void };
}

/** Has slots tell what has ended that have told nothing for a while. */
export class Patience {
  readonly #slots: readonly BusySlot[];
  readonly #now: () => number;
  #timer?: ReturnType<typeof setTimeout>;

  /** @param now The clock by which slots were heard. */
  constructor(slots: readonly BusySlot[], now: () => number) {
    this.#slots = slots;
    this.#now = now;
  }

  /** Looks after the slots as long as one of them is busy. */
  start(): void {
    this.#timer ??= this.#lookAfter(PATIENCE_MS);
  }

  /** Looks after none any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    const busy = this.#slots.filter(({ flights }) => flights > 0);
    const now = this.#now();
    let leftMs = PATIENCE_MS;
    for (const { heardAt, link } of busy) {
      const left = heardAt + PATIENCE_MS - now;
      if (left <= 0) link?.hurry?.();
      else leftMs = Math.min(leftMs, left);
    }
    if (busy.length > 0) this.#timer = this.#lookAfter(leftMs);
  }

  /** Whether this process goes on is for others to say. */
  #lookAfter(ms: number): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => this.#look(), ms);
    Deno.unrefTimer(timer);
    return timer;
  }
}
