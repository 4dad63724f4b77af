/**
 * How many primes there are up to five million: work for every processor there is.
 *
 * @module
 */

import { defineTasks } from "fanfold";

/** How many numbers one job looks at. */
const STEP = 50_000;

/** Whether a number is prime, found by trial division. */
function isPrime(n: number): boolean {
  if (n < 4) return n > 1;
  if (n % 2 === 0 || n % 3 === 0) return false;
  for (let d = 5; d * d <= n; d += 6) if (n % d === 0 || n % (d + 2) === 0) return false;
  return true;
}

/** How many primes there are from one number to before another. */
function countPrimes(from: number, to: number): number {
  let count = 0;
  for (let n = from; n < to; n++) if (isPrime(n)) count++;
  return count;
}

/** The ranges that make up the numbers below an end. */
function* ranges(end: number): Generator<[from: number, to: number]> {
  for (let from = 0; from < end; from += STEP) yield [from, Math.min(from + STEP, end)];
}

export default defineTasks({
  primes: {
    description: "how many primes there are below five million",
    run: countPrimes,
    inputs: () => ranges(5_000_000),
    spread: true,
    fold: (sum: number, count: number) => sum + count,
    initial: 0,
  },
});
