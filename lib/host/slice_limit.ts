/**
 * How many slices a host takes at a time.
 *
 * @module
 */

import type { HostLink } from "../engines/queue/broker.ts";
import type { Clock } from "../time/clock.ts";

/** Up to how long a slice may take one slot, in ms, so that another waits behind it: a round trip counts then. */
const SHORT_MS = 500;

/** How long no slice is taken when one was refused, and when many were, one after another, in ms. */
const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 1000;

/** A slice that counts. */
export interface LimitedSlice {
  /** It is run here. */
  taken(): void;
  /** It is not. Resolves when the next may be taken, or its run is over: others are to have it first. */
  refused(over: Promise<void>): Promise<void>;
  end(): void;
}

/**
 * As many slices as there are slots, so that none waits here that another host could run; one more while all are short, so
 * that no slot waits for the next one to come. A host that refuses them takes none for a while.
 */
export class SliceLimit {
  readonly #slots: number;
  readonly #link: Pick<HostLink, "capacity">;
  readonly #clock: Clock;
  readonly #slices = new Set<{ readonly expectedMs: number }>();
  #refusedInRow = 0;
  #waiting = 0;
  readonly #closed = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(slots: number, link: Pick<HostLink, "capacity">, clock: Clock) {
    this.#slots = slots;
    this.#link = link;
    this.#clock = clock;
  }

  /** A slice has come. */
  add(expectedMs: number): LimitedSlice {
    const slice = { expectedMs };
    this.#slices.add(slice);
    this.#adapt();
    return {
      taken: () => void (this.#refusedInRow = 0),
      refused: (over) => this.#wait(over),
      end: () => {
        this.#slices.delete(slice);
        this.#adapt();
      },
    };
  }

  /** No further slice is taken. */
  close(): void {
    this.#isClosed = true;
    this.#closed.resolve();
  }

  async #wait(over: Promise<void>): Promise<void> {
    const ms = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#refusedInRow++);
    const due = Promise.withResolvers<void>();
    const callOff = this.#clock.after(ms, due.resolve);
    this.#waiting++;
    this.#adapt();
    await Promise.race([due.promise, over, this.#closed.promise]);
    this.#waiting--;
    callOff();
  }

  #adapt(): void {
    if (this.#isClosed || this.#slices.size === 0) return;
    const areShort = [...this.#slices].every(({ expectedMs }) => expectedMs <= SHORT_MS);
    const capacity = this.#waiting > 0
      ? Math.min(this.#slices.size, this.#slots)
      : areShort
      ? this.#slots + 1
      : this.#slots;
    if (this.#link.capacity !== capacity) this.#link.capacity = capacity;
  }
}
