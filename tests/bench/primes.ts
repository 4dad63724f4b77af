/**
 * Work for a processor.
 *
 * @module
 */

/** Below how many it counts: some 5 ms of work on the machine where this was chosen. */
const BELOW = 85_000;

/** Counts primes by division, from a number that makes each call a different one. */
export function primes(seed: number): number {
  let found = 0;
  for (let n = 3 + (seed % 2) * 2; n < BELOW; n += 2) {
    let isPrime = true;
    for (let d = 3; d * d <= n; d += 2) {
      if (n % d === 0) {
        isPrime = false;
        break;
      }
    }
    if (isPrime) found++;
  }
  return found;
}
