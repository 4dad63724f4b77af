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
const start = performance.now();
let right = 0;

function look(value: number): void {
  if (value === right * 2) right++;
}

/** Read one by one, as the lines of a file are. */
function* numbers(): Generator<number> {
  for (let n = 0; n < count; n++) yield n;
}

await using pool = new Pool<typeof import("../functions.ts")>(module, {
  isolation: isolation === "process" ? "process" : "worker",
});
if (way === "map") {
  const list = Array.from({ length: count }, (_, i) => i);
  for (const value of await pool.map("double", list)) look(value);
} else if (way === "imap") {
  for await (const value of pool.imap("double", numbers())) look(value);
} else {
  const calls = Array.from({ length: count }, (_, i) => pool.apply("double", [i]));
  for (const value of await Promise.all(calls)) look(value);
}
console.log(JSON.stringify({ right, ms: performance.now() - start }));
