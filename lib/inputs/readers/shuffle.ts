/**
 * A random order, or the start of one.
 *
 * @module
 */

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

/**
 * Numbers from 0 up to but not including 1, of 53 random bits each, that depend on the seed alone.
 *
 * The generator is sfc32 of Chris Doty-Humphrey's PractRand, which is seeded with the 64 bits of an IEEE 754
 * double and stirred 20 times instead of 12, as seeds that people choose are much alike. It must never
 * change, for the order of their inputs depends on it, and it keeps no secrets.
 */
export function randomNumbers(seed: number): () => number {
  const bits = new DataView(new ArrayBuffer(8));
  // Adding 0 makes one zero of both.
  bits.setFloat64(0, seed + 0);
  let a = 0;
  let b = bits.getUint32(4);
  let c = bits.getUint32(0);
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 20; i++) next();
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}
