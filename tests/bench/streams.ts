/**
 * Whether time grows with the inputs and memory does not: long streams through the command lines.
 *
 * @module
 */

import type { Found } from "./goals.ts";
import { PeakMemory } from "./memory.ts";
import { FANFOLD, ROOT } from "./started.ts";

/** The program, for a shell. */
const LINE = FANFOLD.map((argument) => `'${argument}'`).join(" ");

/** What is done with the numbers from 1, and what the last line has to be. */
const WAYS = [
  {
    name: "map double",
    args: "map ./tests/bench/functions.ts#double",
    last: (count: number) => `${count * 2}`,
  },
  { name: "each -n 10000 true", args: "each -n 10000 true", last: () => "" },
];

interface Figures {
  readonly seconds: number;
  /** The most resident memory of the whole tree that was seen, in MiB. */
  readonly peakMib: number;
}

/** Runs each way with so many numbers and with ten times as many. */
export async function streams(count: number): Promise<Found> {
  const lines = [];
  for (const { name, args, last } of WAYS) {
    const few = await through(args, count, last(count));
    const many = await through(args, count * 10, last(count * 10));
    const ratio = (many.seconds / few.seconds).toFixed(1);
    const times = `${few.seconds.toFixed(2)} | ${many.seconds.toFixed(2)} | ${ratio}`;
    lines.push(`| ${name} | ${times} | ${few.peakMib} | ${many.peakMib} |`);
  }
  const table = [
    `\nseq ${count} and seq ${count * 10} through fanfold, whole processes`,
    "",
    "| way | s | s, ten times | times as long | MiB | MiB, ten times |",
    "| --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
  return { tables: [table], goals: [], missing: [] };
}

async function through(args: string, count: number, last: string): Promise<Figures> {
  const start = performance.now();
  const child = new Deno.Command("sh", {
    args: ["-c", `seq ${count} | ${LINE} ${args} | tail -n 1`],
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  using peak = new PeakMemory(child.pid);
  const { stdout } = await child.output();
  const found = new TextDecoder().decode(stdout).trim();
  if (found !== last) throw new Error(`${args} ended in "${found}", wanted "${last}"`);
  return { seconds: (performance.now() - start) / 1000, peakMib: peak.mib };
}
