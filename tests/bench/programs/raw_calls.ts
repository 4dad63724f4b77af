/**
 * Doubles numbers on a bare Worker of `node:worker_threads`, one at a time: `raw_calls.ts 5000`.
 *
 * @module
 */

import { Worker } from "node:worker_threads";

const SOURCE = `import { parentPort } from "node:worker_threads";
parentPort.on("message", (n) => parentPort.postMessage(n * 2));`;

const count = Number(Deno.args[0]);
const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(SOURCE)}`));
let answered = (_: number) => {};
worker.on("message", (value) => answered(value));
const call = (n: number) =>
  new Promise<number>((resolve) => {
    answered = resolve;
    worker.postMessage(n);
  });
await call(0);
const start = performance.now();
let right = 0;
for (let n = 0; n < count; n++) if (await call(n) === n * 2) right++;
const ms = performance.now() - start;
await worker.terminate();
console.log(JSON.stringify({ right, ms }));
