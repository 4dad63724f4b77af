/**
 * Functions that tests run in processes of their own, each named after what it does.
 *
 * @module
 */

import { note, type Place } from "./functions.ts";

/** What is no function. */
export const limit = 5;

/** Greets. */
export function hello(name: string): void {
  globalThis.console.log(`hello ${name}`);
}

/** Prints its process and a number. */
export function printProcess(n: number): void {
  globalThis.console.log(`Process ID: ${Deno.pid} Number: ${n}`);
}

/** Prints what it was called with. */
export default function prints(...args: unknown[]): void {
  globalThis.console.log(Deno.inspect(args));
}

/** Prints its surroundings. */
export async function printsPlace(): Promise<void> {
  const stdin = await new Response(Deno.stdin.readable).text();
  globalThis.console.log(JSON.stringify([Deno.cwd(), Deno.env.get("COLOUR"), stdin]));
}

/** Ends its process. */
export function exits(code: number): void {
  Deno.exit(code);
}

/** Ends its process in the way of Node. */
export function exitsAsNode(code: number): void {
  process.exit(code);
}

/** Returns, and has said with what code its process is to end. */
export function setsExitCode(code: number): void {
  Deno.exitCode = code;
}

/** Throws an error that has a cause. */
export async function throwsDeep(): Promise<void> {
  await null;
  throw new RangeError("too far", { cause: new TypeError("no map") });
}

/** Throws what it is given. */
export function throws(value: unknown): never {
  throw value;
}

/** Leaves a promise rejected, and returns. */
export function leavesRejection(): void {
  Promise.reject(new Error("left behind"));
}

/** Leaves what would keep a program from its end, and returns. */
export function leavesTimersAndServers(): void {
  setInterval(() => {}, 1);
  Deno.serve({ port: 0, onListen: () => {} }, () => new Response());
}

/** Prints so many bytes in lines, and then a last word, in each of the ways there are. */
export function printsMuch(bytes: number): void {
  globalThis.console.log("x".repeat(bytes));
  process.stdout.write(`${"y".repeat(bytes)}\n`);
  globalThis.console.log("end");
}

/** Notes that it runs, and does not end when it is asked to. */
export async function ignoresSignals(place: Place): Promise<void> {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => note(place, signal));
  }
  note(place, `up ${Deno.pid}`);
  await new Promise(() => setInterval(() => {}, 1000));
}

/** Notes that it runs, and when it is asked to end ends with a code of its own. */
export async function endsWhenAsked(place: Place): Promise<void> {
  Deno.addSignalListener("SIGTERM", () => Deno.exit(7));
  note(place, "up");
  await new Promise(() => setInterval(() => {}, 1000));
}

const QUIET = { stdin: "null", stdout: "null", stderr: "null" } as const;

/** What {@link leaves} may leave. */
export const LEFT = {
  /** Holds what its parent holds. */
  child: () => new Deno.Command("sleep", { args: ["1000"], stdin: "null" }).spawn(),
  /** Has left the session of its parent. */
  daemon: () => new Deno.Command("setsid", { args: ["sleep", "1000"], ...QUIET }).spawn(),
  /** Holds what its parent holds, and is not found by its environment. */
  stranger: () =>
    new Deno.Command("setsid", { args: ["sleep", "1000"], clearEnv: true, stdin: "null" }).spawn(),
} as const;

/** Starts a program that lives long, notes it, prints, and returns. */
export function leaves(place: Place, what: keyof typeof LEFT): void {
  const child = LEFT[what]();
  child.unref();
  note(place, String(child.pid));
  globalThis.console.log("left");
}

/** Starts two programs that live long, notes all, and never returns. */
export async function keepsChildren(place: Place): Promise<void> {
  const pids = [LEFT.child().pid, LEFT.daemon().pid];
  note(place, [Deno.pid, ...pids].join(" "));
  await new Promise(() => setInterval(() => {}, 1000));
}

/** Is ended by a signal that has no name, while a program it has started holds its pipes. */
export async function diesNameless(place: Place): Promise<void> {
  note(place, String(LEFT.child().pid));
  new Deno.Command("sh", { args: ["-c", `kill -35 ${Deno.pid}`] }).outputSync();
  await new Promise(() => {});
}

/** Tries to speak on the channel of its process, and to close it. */
export function triesChannel(): void {
  for (const act of ["send", "disconnect"] as const) {
    try {
      process[act]?.("hello");
      globalThis.console.log(`${act} worked`);
    } catch (thrown) {
      globalThis.console.log(thrown instanceof Error && thrown.message);
    }
  }
}

/** Starts a process of its own that keeps children. */
export async function startsProcess(place: Place): Promise<void> {
  const { Process } = await import("../../lib/mod.ts");
  const url = new URL("#keepsChildren", import.meta.url);
  new Process(url, { args: [place] }).start();
  await new Promise(() => setInterval(() => {}, 1000));
}
