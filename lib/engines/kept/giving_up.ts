/**
 * Jobs that nobody waits for any more.
 *
 * @module
 */

/** A slot, as far as it matters here. */
interface GivenUpSlot {
  readonly givenUp: "none" | "waiting" | "running";
  stop(reason: "given-up", graceMs: number): void;
}

/**
 * How long a job may take to end by itself before it is ended, in ms. The jobs of one message are quicker than
 * that together unless one of them is slow, and a new slot would take longer.
 */
const PATIENCE_MS = 20;

/** Has slots come to an end with jobs that were given up, and no slot with any other. */
export class GivingUp {
  readonly #graceMs: number;
  readonly #slots = new Set<GivenUpSlot>();
  #timer?: ReturnType<typeof setTimeout>;

  /** @param graceMs How long a job may take that has been asked to end. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** Looks after a slot that has such jobs. */
  add(slot: GivenUpSlot): void {
    this.#slots.add(slot);
    this.#timer ??= setTimeout(() => this.#look(), PATIENCE_MS);
  }

  /** Looks after nothing any more. */
  stop(): void {
    this.#slots.clear();
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    for (const slot of [...this.#slots]) {
      this.#slots.delete(slot);
      if (slot.givenUp === "running") slot.stop("given-up", this.#graceMs);
      // It may come to them yet: one behind another job is not read before that has ended.
      else if (slot.givenUp === "waiting") this.add(slot);
    }
  }
}
