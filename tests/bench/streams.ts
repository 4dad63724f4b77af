/**
 * Whether time grows with the inputs and memory does not: long streams through the command lines.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };

/** How often the memory of a tree of processes is looked at, in ms. */
const LOOK_MS = 50;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The program as the task `fanfold` starts it, for a shell. */
const FANFOLD = config.tasks.fanfold.replace(/^deno/, `'${Deno.execPath()}'`);

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

/** Runs each way with so many numbers and with ten times as many, and gives a table. */
export async function streams(count: number): Promise<string> {
  const lines = [];
  for (const { name, args, last } of WAYS) {
    const few = await through(args, count, last(count));
    const many = await through(args, count * 10, last(count * 10));
    const ratio = (many.seconds / few.seconds).toFixed(1);
    const times = `${few.seconds.toFixed(2)} | ${many.seconds.toFixed(2)} | ${ratio}`;
    lines.push(`| ${name} | ${times} | ${few.peakMib} | ${many.peakMib} |`);
  }
  return [
    `\nseq ${count} and seq ${count * 10} through fanfold, whole processes`,
    "",
    "| way | s | s, ten times | times as long | MiB | MiB, ten times |",
    "| --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

async function through(args: string, count: number, last: string): Promise<Figures> {
  const start = performance.now();
  const child = new Deno.Command("sh", {
    args: ["-c", `seq ${count} | ${FANFOLD} ${args} | tail -n 1`],
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  let peak = 0;
  const look = setInterval(() => peak = Math.max(peak, residentOf(child.pid)), LOOK_MS);
  const { stdout } = await child.output();
  clearInterval(look);
  const found = new TextDecoder().decode(stdout).trim();
  if (found !== last) throw new Error(`${args} ended in "${found}", wanted "${last}"`);
  return { seconds: (performance.now() - start) / 1000, peakMib: Math.round(peak / 1024) };
}

/** Resident memory of a process and all below it, in KiB. */
function residentOf(root: number): number {
  const parents = new Map<number, number>();
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    if (pid > 0) parents.set(pid, numberIn(`/proc/${pid}/status`, /^PPid:\s+(\d+)/m));
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (parents.has(pid) && isBelow(parents.get(pid) as number));
  // A child that is about to become another program has the memory of its parent, and none of its own.
  const isItself = (pid: number) =>
    textOf(`/proc/${pid}/cmdline`) !== textOf(`/proc/${parents.get(pid)}/cmdline`);
  return [...parents.keys()].filter(isBelow).filter(isItself)
    .reduce((sum, pid) => sum + numberIn(`/proc/${pid}/status`, /^VmRSS:\s+(\d+)/m), 0);
}

/** A number in a file; 0 if either is gone. */
function numberIn(path: string, pattern: RegExp): number {
  return Number(pattern.exec(textOf(path))?.[1] ?? 0);
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
