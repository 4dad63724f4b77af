/**
 * Programs that are measured, and how they are started.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import type { Way } from "./measure.ts";
import { PeakMemory } from "./memory.ts";

/** The folder of the project. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** The program, with the flags that the tasks give it. */
export const FANFOLD: readonly string[] = [
  ...[Deno.execPath(), "run", "--allow-all"],
  ...config.tasks.install.match(/--(?:v8-flags|unstable)\S+/g) ?? [],
  `${ROOT}main.ts`,
];

/** As many as all pools here have. */
export const SLOTS: number = navigator.hardwareConcurrency;

/** A program, ready to be started. */
export interface Program {
  readonly name: string;
  readonly argv: readonly string[];
}

/** What is there of what was asked for, and how to get the rest. */
export interface Peers {
  readonly found: readonly Program[];
  readonly missing: readonly string[];
}

/** All of some peers. */
export function together(...peers: readonly Peers[]): Peers {
  return {
    found: peers.flatMap(({ found }) => found),
    missing: peers.flatMap(({ missing }) => missing),
  };
}

/** A program of ours, in `programs`. */
export function program(name: string, file: string, ...args: (string | number)[]): Program {
  const path = fileURLToPath(new URL(`./programs/${file}`, import.meta.url));
  return { name, argv: [Deno.execPath(), "run", "-A", "--quiet", path, ...args.map(String)] };
}

/**
 * Runs a program that prints JSON: how many results were `right`, and how many `ms` it took without its start, which
 * it gives.
 *
 * @param count How many results have to be right.
 */
export async function toldBy(
  { name, argv }: Program,
  count: number,
  peak?: OutputOptions["peak"],
): Promise<number> {
  const { right, ms } = JSON.parse(await outputOf(argv, { peak }));
  if (right !== count) throw new Error(`${name}: ${right} results are right of ${count}`);
  return ms;
}

/** The same as a way. */
export function telling(
  program: Program,
  count: number,
  peak?: (name: string, mib: number) => void,
): Way {
  const { name } = program;
  return { name, run: () => toldBy(program, count, peak && ((mib) => peak(name, mib))) };
}

/** A program that prints just that. */
export function printing({ name, argv }: Program, wanted: string, input?: string): Way {
  return {
    name,
    run: async () => {
      if (await outputOf(argv, { input }) !== wanted) {
        throw new Error(`${name} printed something else`);
      }
    },
  };
}

/** How a program is started. */
export interface OutputOptions {
  /** What it finds in its stdin. @default nothing */
  readonly input?: string;
  /** Told the most memory that it had with all that it started, in MiB. @default nobody looks */
  readonly peak?: (mib: number) => void;
}

/** What a program prints; throws if it does not end well. */
export async function outputOf(
  [command = "", ...args]: readonly string[],
  { input = "", peak }: OutputOptions = {},
): Promise<string> {
  const child = new Deno.Command(command, {
    args,
    cwd: ROOT,
    // A locale in the environment costs each program a fifth of its start.
    env: { LANG: "C", LC_ALL: "C" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  using memory = peak && new PeakMemory(child.pid);
  const writing = new Blob([input]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  await writing;
  if (memory) peak?.(memory.mib);
  const text = new TextDecoder();
  if (!success) {
    throw new Error(`${command} ${args.join(" ")} has failed: ${text.decode(stderr)}`);
  }
  return text.decode(stdout);
}
