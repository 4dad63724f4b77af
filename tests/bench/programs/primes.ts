/**
 * Counts primes so many times: `primes.ts pool 1000 2` in a pool of two slots, `primes.ts serial 1000` by itself.
 * Tells how many counts were right, and how long that took without the start of the program.
 *
 * @module
 */

import { Pool } from "../../../lib/mod.ts";
import { primes } from "../primes.ts";

const [way = "", digits = "", slots = "1"] = Deno.args;
const inputs = Array.from({ length: Number(digits) }, (_, i) => i);
const wanted = [primes(0), primes(1)];
let values: readonly number[];
let ms: number;
if (way === "serial") {
  const start = performance.now();
  values = inputs.map(primes);
  ms = performance.now() - start;
} else {
  const module = new URL("../primes.ts", import.meta.url);
  await using pool = new Pool<typeof import("../primes.ts")>(module, { jobs: Number(slots) });
  await pool.map("primes", [0, 1]);
  const start = performance.now();
  values = await pool.map("primes", inputs);
  ms = performance.now() - start;
}
const right = values.filter((value, i) => value === wanted[i % 2]).length;
console.log(JSON.stringify({ right, ms }));
