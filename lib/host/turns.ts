/**
 * The slots of a host, which the engines of many tasks share.
 *
 * @module
 */

/** Who asks for slots: the feed of one engine. */
export interface Turn {
  /** How long ago its next jobs came, as against others: the lowest is served first. */
  readonly rank: number;
  /** Called when a slot may be there. */
  readonly retry: () => void;
}

/**
 * So many slots may be busy at once, and what came first is served first.
 *
 * An engine that never runs out of jobs would keep its slots for ever, and those of another run would never start. So one
 * that has a slot asks, too, before it takes further jobs; while somebody waits whose jobs came earlier, it gets none.
 */
export class Turns {
  readonly #slots: number;
  readonly #onBusy: (busy: number) => void;
  readonly #waiting = new Set<Turn>();
  #busy = 0;

  /** @param onBusy Told how many slots are busy, when that changes. */
  constructor(slots: number, onBusy: (busy: number) => void = () => {}) {
    this.#slots = slots;
    this.#onBusy = onBusy;
  }

  /** Asks leave for one slot. If there is none, `retry` is called when there may be. */
  enter(turn: Turn): boolean {
    if (this.#busy >= this.#slots) {
      this.#waiting.add(turn);
      return false;
    }
    this.#waiting.delete(turn);
    this.#onBusy(++this.#busy);
    return true;
  }

  /** Whether one that has a slot may take further jobs for it; if not, it is served when it is its turn. */
  mayGoOn(turn: Turn): boolean {
    for (const other of this.#waiting) {
      if (other === turn || other.rank >= turn.rank) continue;
      this.#waiting.add(turn);
      return false;
    }
    return true;
  }

  /** Gives a slot back. */
  leave(): void {
    this.#onBusy(--this.#busy);
    while (this.#busy < this.#slots && this.#waiting.size > 0) {
      const [first, ...others] = this.#waiting;
      const next = others.reduce((a, b) => b.rank < a.rank ? b : a, first as Turn);
      this.#waiting.delete(next);
      next.retry();
    }
  }

  /** It asks for nothing any more. */
  forget(turn: Turn): void {
    this.#waiting.delete(turn);
  }
}
