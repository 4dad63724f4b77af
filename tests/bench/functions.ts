/**
 * What the benchmarks call.
 *
 * @module
 */

/** Twice a number. */
export function double(n: number): number {
  return n * 2;
}
