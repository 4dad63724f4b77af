/**
 * Counts primes so many times: `primes.ts pool 1000 2` in a pool of two slots, `primes.ts serial 1000` by itself.
 * Tells how many counts were right, and how long that took without the start of the program.
 *
 * @module
 */

import { Pool } from "../../../lib/mod.ts";
import { primes } from "../primes.ts";

const [way = "", digits = "", most = "1"] = Deno.args;
const slots = Number(most);
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
  await using pool = new Pool<typeof import("../primes.ts")>(module, { jobs: slots });
  // Long enough for every slot to be opened.
  await pool.map("primes", Array.from({ length: slots * 50 }, (_, i) => i % 2));
  const start = performance.now();
  values = await pool.map("primes", inputs);
  ms = performance.now() - start;
}
const right = values.filter((value, i) => value === wanted[i % 2]).length;
console.log(JSON.stringify({ right, ms }));
