/**
 * What pools of tests call.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { Pool } from "../../lib/pool/pool.ts";
import type { Context } from "../../lib/job.ts";
import type { Lock } from "../../lib/sync/permits.ts";
import { held, note, noted, type Place } from "./functions.ts";

export { callsSoFar, double, held, pid } from "./functions.ts";

export const half = (n: number): number => n / 2;
export const power = (base: number, exponent: number): number => base ** exponent;
export const same = <T>(value: T): T => value;
export const notANumber = 5;

export function where(_: unknown, { task, index, attempt, slot }: Context): object {
  return { task, index, attempt, slot };
}

export function refuses(n: number): number {
  if (n % 10 === 3) throw new RangeError(`not ${n}`, { cause: new Error("it ends with 3") });
  return n;
}

/** Throws what no clone can be made of. */
export function throwsUncloneable(): never {
  throw Object.assign(new Error("with a function"), { call: () => {} });
}

export function returnsUncloneable(): unknown {
  return { deep: { call: () => {} } };
}

/** Works for 5 ms, unless the name is open; says whether it is. */
export function isOpen({ folder, name }: Place): boolean {
  const isSo = existsSync(`${folder}/open-${name}`);
  const start = performance.now();
  while (!isSo && performance.now() - start < 5);
  return isSo;
}

/** Notes its name and never ends. */
export function spins(place: Place): never {
  noted(place);
  while (true);
}

/** Ends its slot where the name is "dies". */
export function dies(name: string): string {
  if (name === "dies") Deno.exit(9);
  return name;
}

/** Fails at its first attempt. */
export function fickle(n: number, { attempt }: Context): number {
  if (attempt === 1) throw new Error(`attempt at ${n}`);
  return n * 10 + attempt;
}

/** Calls a pool of its own. */
export async function nested(n: number): Promise<number[]> {
  await using pool = new Pool<typeof import("./pool_functions.ts")>(import.meta.url, { jobs: 2 });
  return await pool.map("half", [n, n * 2]);
}

export function prints(n: number): number {
  console.log(`out ${n}`);
  console.error(`err ${n}`);
  return n;
}

/** Notes its name, waits for its signal, and notes why that was aborted. */
export async function listens(place: Place, { signal }: Context): Promise<void> {
  noted(place);
  await new Promise((goOn) => signal.addEventListener("abort", goOn));
  note(place, signal.reason.name);
}

/** Cannot be started. */
export function failsToStart(): never {
  throw new RangeError("there is no database");
}

/** Changes what it is given. */
export function bump(counter: { n: number }): number {
  return ++counter.n;
}

const own = { calls: 0 };

/** Always the same object, which it changes. */
export function ownObject(): { readonly calls: number } {
  own.calls++;
  return own;
}

/** Notes its name; keeps the slot busy, if it is called "long", until the test opens it. */
export function blocks(place: string, name: string): string {
  note({ folder: place }, name);
  while (name === "long" && !existsSync(`${place}/open-${name}`));
  return name;
}

/** As `held`, told no object. */
export function heldAt(folder: string, name: string): Promise<string | number> {
  return held({ folder, name });
}

/** Gives back how it was told, once it has the lock. */
export async function acquires({ how, lock }: { how: string; lock?: Lock }): Promise<string> {
  using _ = await lock?.acquire();
  return how;
}

/** As {@link acquires} where there is a lock; else it gives no promise, unless it is told `later`. */
export function locksIfTold(input: { how: string; lock?: Lock }): string | Promise<string> {
  if (input.lock) return acquires(input);
  if (input.how === "at once") return input.how;
  return new Promise((resolve) => setTimeout(resolve, 1, input.how));
}
