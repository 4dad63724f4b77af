/**
 * A random order, or the start of one.
 *
 * @module
 */

import { randomNumbers } from "./random.ts";

interface Drawn {
  readonly value: unknown;
  readonly draw: number;
}

/**
 * Puts values into an order that depends on the seed and on how many there are, and keeps the first of them.
 *
 * Every value draws a random number, and they are ordered by those. So every order is as likely as any other, the
 * first `most` are a fair sample, and they are the same ones, in the same order, whatever `most` is. At
 * most twice as many values are held.
 */
export class Shuffle {
  readonly #random: () => number;
  readonly #most: number;
  #drawn: Drawn[] = [];
  /** A value that drew no less is not among the first. */
  #limit = Infinity;

  /** Nothing is held yet. */
  constructor(seed: number, most: number) {
    this.#random = randomNumbers(seed);
    this.#most = most;
  }

  /** Adds a value. */
  add(value: unknown): void {
    const draw = this.#random();
    if (draw >= this.#limit) return;
    this.#drawn.push({ value, draw });
    if (this.#drawn.length >= 2 * this.#most) this.#cut();
  }

  /** The values in their order; there are none afterwards. */
  end(): unknown[] {
    this.#cut();
    const values = this.#drawn.map(({ value }) => value);
    this.#drawn = [];
    return values;
  }

  #cut(): void {
    // Values that drew the same keep their order, as sorting is stable, so the later one is cut off.
    this.#drawn.sort((one, other) => one.draw - other.draw);
    if (this.#drawn.length < this.#most) return;
    this.#drawn.length = this.#most;
    this.#limit = this.#drawn.at(-1)?.draw ?? 0;
  }
}
