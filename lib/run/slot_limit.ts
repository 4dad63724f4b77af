/**
 * The limit on slots that the tasks of a run share.
 *
 * @module
 */

/** So many slots may be busy at once; who waits is served in the order of the tasks. */
export class SlotLimit {
  #free: number;
  readonly #waiting = new Map<number, () => void>();

  constructor(slots: number) {
    this.#free = slots;
  }

  /**
   * Asks leave for one slot. If there is none, `retry` is called when there is.
   *
   * @param rank The place of its task in the run; the lowest is served first.
   */
  enter(rank: number, retry: () => void): boolean {
    if (this.#free === 0) {
      this.#waiting.set(rank, retry);
      return false;
    }
    this.#free--;
    return true;
  }

  /** Gives leave back. */
  leave(): void {
    this.#free++;
    while (this.#free > 0 && this.#waiting.size > 0) {
      const rank = Math.min(...this.#waiting.keys());
      const retry = this.#waiting.get(rank);
      this.#waiting.delete(rank);
      retry?.();
    }
  }
}
