/**
 * Whether all processors are really used.
 *
 * @module
 */

import { atMost, type Found } from "./goals.ts";
import { measure, ratios, table, type Way } from "./measure.ts";
import { program, SLOTS, telling, toldBy } from "./started.ts";

const OURS = "fanfold Pool.map";
const ALONE = `as many serial programs as there are slots, a part each`;

/** Counting primes: in a pool, in one program, and in programs that know nothing of each other. */
export async function cores(rounds: number, count: number): Promise<Found> {
  const { work } = await measure([
    telling(program("one serial program", "primes.ts", "serial", count), count),
    telling(program(OURS, "primes.ts", "pool", count, SLOTS), count),
    apart(count / SLOTS),
  ], rounds);
  return {
    tables: [
      table(`Counting primes ${count} times, ${SLOTS} slots, without the start`, count, work),
    ],
    goals: atMost(
      1.02,
      `primes by \`Pool.map\`, in the time of ${ALONE}`,
      ratios(work, OURS, ALONE),
    ),
    missing: [],
  };
}

/** The longest of the programs counts. */
function apart(part: number): Way {
  const serial = program(ALONE, "primes.ts", "serial", part);
  return {
    name: ALONE,
    run: async () =>
      Math.max(...await Promise.all(Array.from({ length: SLOTS }, () => toldBy(serial, part)))),
  };
}
