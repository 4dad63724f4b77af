/**
 * Big buffers through piscina.
 *
 * @module
 */

import { BYTES, STARTING, STRIDE } from "./buffers.ts";
import { npmPool } from "./npm.ts";
import { type Peers, SLOTS } from "./started.ts";

const FUNCTIONS = `import { move } from "piscina";
export const made = (n) => {
  const bytes = new Uint8Array(${BYTES});
  for (let at = 0; at < ${BYTES}; at += ${STRIDE}) bytes[at] = n + at / ${STRIDE};
  return bytes;
};
export const given = (n) => move(made(n));
export const sum = (bytes) => {
  let sum = bytes.length;
  for (let at = 0; at < bytes.length; at += ${STRIDE}) sum = Math.imul(sum, 31) + bytes[at] | 0;
  return sum;
};
`;

/** What goes out and comes back for a number `n`, in each direction. */
const ASKED = {
  "to, copied": `await call("sum", made(n))`,
  "to, moved": `await call("sum", moved(made(n)))`,
  "from, copied": `sum(await call("made", n))`,
  "from, moved": `sum(await call("given", n))`,
};

/** Sends buffers to slots or gets them from there, two at a time for each. */
export async function npmBuffers(how: keyof typeof ASKED, count: number): Promise<Peers> {
  const body = `const { made, sum } = await import(filename);
const sums = [...Array(count).keys()].map((n) => sum(made(n)));
let next = 0;
start = 0;
await Promise.all([...Array(${SLOTS * 2}).keys()].map(async () => {
  while (next < count) {
    const n = next++;
    const found = ${ASKED[how]};
    if (found === sums[n]) right++;
    if (right === ${STARTING}) start = performance.now();
  }
}));`;
  return await npmPool("piscina", `buffers ${how}`, "buffers.mjs", FUNCTIONS, body, count);
}
