/**
 * Whether each job takes as long and no more memory when there are many.
 *
 * @module
 */

import { EACH_ECHO, linesTo } from "./commands.ts";
import { atMost, type Found, type Goal } from "./goals.ts";
import { outputOf, program, toldBy } from "./started.ts";

/** So many jobs of a kind. */
interface Work {
  readonly name: string;
  readonly counts: readonly number[];
  /** Does them, and throws if they are not right; gives how many ms that took. */
  readonly run: (count: number, peak: (mib: number) => void) => Promise<number>;
  /** Whether what comes of it stays in memory. */
  readonly isHeld?: boolean;
}

const NUMBERS = [10_000, 100_000, 1_000_000, 10_000_000];

const WORKS: readonly Work[] = [
  { name: "Pool.map", counts: NUMBERS, run: through("map"), isHeld: true },
  { name: "Pool.imap", counts: NUMBERS, run: through("imap") },
  {
    name: "each /bin/echo",
    counts: [1000, 10_000, 100_000],
    run: async (count, peak) => {
      const input = linesTo(count);
      const start = performance.now();
      if (await outputOf(EACH_ECHO, { input, peak }) !== input) throw new Error("not right");
      return performance.now() - start;
    },
  },
];

function through(way: "map" | "imap"): Work["run"] {
  return (count, peak) => toldBy(program(way, "numbers.ts", way, count), count, peak);
}

/** Time and memory by number of jobs. */
export async function growth(scale: number): Promise<Found> {
  const lines: string[] = [];
  const goals: Goal[] = [];
  for (const { name, counts, run, isHeld } of WORKS) {
    const found = [];
    for (const count of counts.map((each) => Math.ceil(each * scale))) {
      let mib = 0;
      const ms = await run(count, (seen) => mib = seen);
      found.push({ us: ms * 1000 / count, mib });
      lines.push(`| ${name} | ${count} | ${(ms * 1000 / count).toFixed(3)} | ${mib} |`);
    }
    const [before, last] = found.slice(-2);
    if (!before || !last) continue;
    goals.push(
      ...atMost(1.1, `${name}: a job of ten times as many, in the time of one`, [
        last.us / before.us,
      ]),
    );
    if (!isHeld) {
      goals.push(...atMost(1.1, `${name}: memory for ten times as many`, [last.mib / before.mib]));
    }
  }
  const head = ["| way | jobs | µs a job | MiB |", "| --- | --- | --- | --- |"];
  return { tables: [["\nGrowth", "", ...head, ...lines].join("\n")], goals, missing: [] };
}
