/**
 * Doubles the numbers below a count on bare Workers, the floor of what a pool can be: `raw_numbers.ts 1000000`.
 *
 * @module
 */

/** Jobs in a message. */
const CHUNK = 1000;

const count = Number(Deno.args[0]);
const start = performance.now();
const results = new Array<number>(count);
let from = 0;
await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, async () => {
  const worker = new Worker(new URL("./raw_worker.ts", import.meta.url), { type: "module" });
  while (from < count) {
    const first = from;
    const numbers = Float64Array.from(
      { length: Math.min(CHUNK, count - first) },
      (_, i) => first + i,
    );
    from += numbers.length;
    const answer = Promise.withResolvers<Float64Array>();
    worker.onmessage = ({ data }) => answer.resolve(data);
    worker.postMessage(numbers);
    (await answer.promise).forEach((value, i) => results[first + i] = value);
  }
  worker.terminate();
}));
let right = 0;
for (const value of results) if (value === right * 2) right++;
console.log(JSON.stringify({ right, ms: performance.now() - start }));
