/**
 * What the benchmarks call.
 *
 * @module
 */

/** One number in so many is deadly. */
export const ONE_IN = 20;

/** Twice a number. */
export function double(n: number): number {
  return n * 2;
}

/** Works for 5 ms. */
export function works(n: number): number {
  const end = performance.now() + 5;
  while (performance.now() < end);
  return n;
}

/** Whether a job ends its slot: for a number as well as random, and the same each time. */
export function isDeadly(n: number): boolean {
  return Math.imul(n + 1, 0x9e3779b1) >>> 16 < 2 ** 16 / ONE_IN;
}

/** Works for 5 ms, and may end its slot then. */
export function mayDie(n: number): number {
  works(n);
  if (isDeadly(n)) Deno.exit(1);
  return n;
}
