/**
 * Doubles the numbers below a count through a pool: `numbers.ts map 1000000 process`. Tells how many results were right, and
 * how long that took without the start of the program.
 *
 * @module
 */

import { Pool } from "../../../lib/mod.ts";

const [way = "", digits = "", isolation] = Deno.args;
const count = Number(digits);
const module = new URL("../functions.ts", import.meta.url);
let start = performance.now();

/** How many of the values are those that are wanted, in their order. */
function rightOf(values: readonly number[]): number {
  let right = 0;
  for (const value of values) if (value === right * 2) right++;
  return right;
}

/** The same of values that come one by one. */
async function rightAmong(values: AsyncIterable<number>): Promise<number> {
  let right = 0;
  for await (const value of values) if (value === right * 2) right++;
  return right;
}

/** Read one by one, as the lines of a file are. */
function* numbers(): Generator<number> {
  for (let n = 0; n < count; n++) yield n;
}

await using pool = new Pool<typeof import("../functions.ts")>(module, {
  isolation: isolation === "process" ? "process" : "worker",
});
function list(): number[] {
  const list: number[] = [];
  for (let n = 0; n < count; n++) list.push(n);
  return list;
}

async function oneAtATime(): Promise<number> {
  await pool.apply("double", [0]);
  start = performance.now();
  let right = 0;
  for (let n = 0; n < count; n++) if (await pool.apply("double", [n]) === n * 2) right++;
  return right;
}

async function work(): Promise<number> {
  if (way === "alone") return await oneAtATime();
  if (way === "map") return rightOf(await pool.map("double", list()));
  if (way === "imap") return rightAmong(pool.imap("double", numbers()));
  return rightOf(await Promise.all(list().map((n) => pool.apply("double", [n]))));
}

const right = await work();
console.log(JSON.stringify({ right, ms: performance.now() - start }));
