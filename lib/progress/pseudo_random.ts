/**
 * Numbers that look random and are the same in every run, so that what is made of them repeats.
 *
 * @module
 */

/** A number above 0 and below 1 that follows from two whole ones (by the last steps of MurmurHash3). */
export function pseudoRandom(stream: number, index: number): number {
  let mixed = Math.imul(stream + 1, 0x9E3779B1) ^ Math.imul(index + 1, 0x85EBCA6B);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85EBCA6B);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xC2B2AE35);
  return (((mixed ^ (mixed >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}

/** Of the exponential distribution with mean 1. */
export function pseudoExponential(stream: number, index: number): number {
  return -Math.log(pseudoRandom(stream, index));
}

/** Of the normal distribution with mean 0 and variance 1 (Box and Muller). */
export function pseudoNormal(stream: number, index: number): number {
  const radius = Math.sqrt(2 * pseudoExponential(stream, 2 * index));
  return radius * Math.cos(2 * Math.PI * pseudoRandom(stream, 2 * index + 1));
}

/**
 * Of the gamma distribution of this shape and scale 1; near enough for shapes from 1 (Wilson and Hilferty).
 *
 * @param normal Of the normal distribution.
 */
export function gammaOf(shape: number, normal: number): number {
  const root = 1 - 1 / (9 * shape) + normal / (3 * Math.sqrt(shape));
  return shape * Math.max(root, 0) ** 3;
}

/** How many streams a table has. */
export const DRAWS = 128;

/**
 * Random numbers, each of which is reckoned once, when it is first asked for: where very many jobs wait, few of them are.
 * A stream has so many of them, and begins anew behind the last.
 */
export class RandomTable {
  readonly #size: number;
  readonly #next: (index: number) => number;
  #values?: Float64Array;

  constructor(size: number, seed: number, next: (stream: number, index: number) => number) {
    this.#size = size;
    this.#next = (index) => next(seed, index);
  }

  at(stream: number, index: number): number {
    // One that is 0 would be reckoned again.
    const values = this.#values ??= new Float64Array(DRAWS * this.#size);
    const at = stream * this.#size + index % this.#size;
    return values[at] || (values[at] = this.#next(at));
  }
}
