/**
 * Functions that tests run in slots, each named after what it does.
 *
 * @module
 */

import { appendFileSync, existsSync, readFileSync, writeSync } from "node:fs";
import type { Context } from "../../lib/job.ts";

/** Where a job notes things, and what it is called there. */
export interface Place {
  readonly folder: string;
  readonly name: string | number;
}

/** Twice the number. */
export function double(n: number): number {
  return n * 2;
}

/** Twice the number, a while later. */
export async function doubleLater(n: number): Promise<number> {
  await new Promise((goOn) => setTimeout(goOn, 1));
  return n * 2;
}

/** The sum of two numbers. */
export function add(a: number, b: number): number {
  return a + b;
}

/** What it was given beside the input. */
export function context(_input: unknown, context: Context): Context {
  return { ...context };
}

/** The input. */
export function same(input: unknown): unknown {
  return input;
}

/** The number; ends its slot at 100. */
export function exitsAt100(n: number): number {
  if (n === 100) Deno.exit(1);
  return n;
}

/** Id of the process it runs in. */
export function pid(): number {
  return Deno.pid;
}

/** Adds a line to the notes of the folder. */
export function note({ folder }: Pick<Place, "folder">, text: string): void {
  appendFileSync(`${folder}/notes`, `${text}\n`);
}

/** Notes its name, and gives it back. */
export function noted(place: Place): string | number {
  note(place, String(place.name));
  return place.name;
}

/** Notes its name, and returns it when the test opens it. */
export async function held(place: Place): Promise<string | number> {
  noted(place);
  while (!existsSync(`${place.folder}/open-${place.name}`)) {
    await new Promise((goOn) => setTimeout(goOn, 2));
  }
  return place.name;
}

/** Notes its name if it has one, and waits for the test to open it only then. */
export function heldIfNamed(place: Place | undefined): unknown {
  return place ? held(place) : "not held";
}

/** Notes the process it runs in, and counts for ever, in memory that it shares where it can. */
export function spins({ folder, count }: Pick<Place, "folder"> & { count?: Int32Array }): never {
  note({ folder }, String(Deno.pid));
  const counter = count ?? new Int32Array(1);
  for (;;) Atomics.add(counter, 0, 1);
}

/** Starts a process that lives long, notes both, and never returns. */
export async function keepsChild(place: Pick<Place, "folder">): Promise<void> {
  const child = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  note(place, `${Deno.pid} ${child.pid}`);
  await new Promise(() => setInterval(() => {}, 1000));
}

/** Writes a file to both streams, each in a different way, and then waits to be opened. */
export async function printsFile({ path, ...place }: Place & { path: string }): Promise<string> {
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at += 100_000) {
    Deno.stdout.writeSync(bytes.subarray(at, at + 100_000));
  }
  process.stderr.write(bytes);
  await held(place);
  return "printed";
}

/** Prints its number by every way there is. */
export async function printsEveryWay(n: number): Promise<void> {
  const bytes = new TextEncoder().encode(`${n} Deno\n`);
  globalThis.console.log("%d %s", n, "console");
  Deno.stdout.writeSync(bytes);
  await Deno.stdout.write(bytes);
  process.stdout.write(`${n} process\n`);
  globalThis.console.error(n, "console");
  process.stderr.write(`${n} process\n`);
  await new Blob([bytes]).stream().pipeTo(Deno.stderr.writable);
}

/** Prints past what a slot can take hold of, and then waits to be opened. */
export async function printsPast(place: Place): Promise<void> {
  writeSync(1, "past the console\n");
  await held(place);
}

/** Prints, and when the test opens it, after it has returned, prints again and notes that. */
export function printsTooLate(place: Place): string | number {
  globalThis.console.log(`${place.name} in time`);
  if (place.name === "early") {
    held(place).then(() => {
      globalThis.console.log("too late");
      note(place, "late");
    });
  }
  return place.name;
}

/** Waits to be opened if it is not the first; the first leaves a timer, which throws when it is opened. */
export async function leavesTimer(place: Place): Promise<string | number> {
  if (place.name !== "first") return await held(place);
  const timer = setInterval(() => {
    if (!existsSync(`${place.folder}/open-first`)) return;
    clearInterval(timer);
    throw new Error("left by the first");
  }, 1);
  return await Promise.resolve(place.name);
}

/** Starts a process that lives long and holds its streams, notes it, and ends the slot. */
export function leavesChild(place: Pick<Place, "folder">): never {
  const { pid } = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  note(place, String(pid));
  Deno.exit(3);
}

/** Leaves a promise rejected that nobody waits for. */
export function leavesRejection(n: number): string {
  Promise.reject(new Error(`behind ${n}`));
  return "left";
}

/** The number; for two, what holds a function. */
export function givesFunction(n: number): unknown {
  return n === 2 ? { list: [1, { onDone: () => n }] } : n;
}

let starts = 0;

/** The folder that the query of this module's address names. */
function folderOfAddress(): string {
  return new URL(import.meta.url).searchParams.get("folder") as string;
}

/** Counts its calls in this slot, each when the test opens it. */
export async function starting(): Promise<void> {
  await held({ folder: folderOfAddress(), name: "start" });
  starts++;
}

/** How often `starting` was called in this slot. */
export function startsSoFar(): number {
  return starts;
}

let calls = 0;

/** How often it was called in this slot. */
export function callsSoFar(): number {
  return ++calls;
}

/** Notes itself, and throws. */
export function failsToStart(): never {
  note({ folder: folderOfAddress() }, "start");
  throw new RangeError("there is no database");
}

/** Waits so long when a slot starts. */
export async function slowStart(): Promise<void> {
  await new Promise((goOn) => setTimeout(goOn, 1200));
}

/** Takes so many ms, or for ever. */
export async function takes(ms: number): Promise<number> {
  while (ms < 0);
  await new Promise((goOn) => setTimeout(goOn, ms));
  return ms;
}

const hoard: unknown[] = [];

function fill(bytes: number): void {
  hoard.push(new Uint8Array(bytes).fill(1));
}

/** Keeps so many bytes of memory for ever, and gives how often it was called in this slot. */
export function keeps(bytes: number): number {
  fill(bytes);
  return hoard.length;
}

/** Keeps so many bytes of its heap for ever, and gives how often it was called in this slot. */
export function keepsInHeap(bytes: number): number {
  hoard.push(new Array(bytes / 8).fill(0.5));
  return hoard.length;
}

/** How many bytes its heap may grow to. */
export function heapLimit(): number {
  return process.getBuiltinModule("node:v8").getHeapStatistics().heap_size_limit;
}

/** Ends as V8 ends a process whose heap is full, with its last words. */
export function endsAsFull(): void {
  writeSync(2, "#\n# Fatal JavaScript out of memory: CALL_AND_RETRY_LAST\n#\n");
  Deno.kill(Deno.pid, "SIGTRAP");
}

/** Takes so many bytes of memory, and returns when the test opens it. */
export async function takesMemory(place: Place & { bytes: number }): Promise<string | number> {
  fill(place.bytes);
  return await held(place);
}

/** Notes its process, and takes so many bytes of memory when the test opens it, after it has returned. */
export function takesMemoryLater(place: Place & { bytes: number }): number {
  held({ ...place, name: "later" }).then(() => fill(place.bytes));
  note(place, String(Deno.pid));
  return Deno.pid;
}

/** Takes 300 MB when a slot starts, and is never ready. */
export async function startsBig(): Promise<never> {
  fill(300_000_000);
  return await new Promise(() => {});
}

/** What a function that is asked to end does. */
export interface AskedPlace extends Place {
  /** Ends when it is asked, does not, or never looks; or gives its context to the next job, which is asked. */
  readonly act?: "ends" | "stays" | "deaf" | "leaves" | "returns";
}

let left: { readonly context: Context; readonly signal: AbortSignal } | undefined;

/** Notes its name, prints, and notes why it is asked to end if it looks. */
export async function asked({ act = "ends", ...place }: AskedPlace, context: Context) {
  if (act === "leaves") left = { context, signal: context.signal };
  if (act === "returns" || act === "leaves") return noted(place);
  const { signal } = act === "deaf" ? new AbortController() : context;
  noted(place);
  globalThis.console.log("at it");
  await new Promise<void>((goOn) => {
    signal.onabort = () => goOn();
    setInterval(() => {}, 1000);
  });
  globalThis.console.log("put away");
  const { reason } = signal;
  note(place, `${reason instanceof DOMException} ${reason.name}: ${reason.message}`);
  if (signal !== context.signal) note(place, "another signal");
  if (left?.signal.aborted || left?.context.signal.aborted) note(place, "the other's too");
  if (act === "stays") await new Promise(() => {});
  return place.name;
}

/** Gives its name, and keeps its slot busy a moment later for good; whoever has no name gives its input at once. */
export function leavesLoop(place: Place | undefined): unknown {
  if (!place) return "not held";
  setTimeout(() => {
    note(place, "loops");
    for (;;);
  }, 1);
  return place.name;
}
