/**
 * BullMQ alone, with one job of the queue for each number: `raw_queue.ts URL 20000` adds them, and works on them as a worker
 * with many at a time does; nobody gathers the results. Tells how many were right, and how long that took without the start
 * of the program.
 *
 * @module
 */

import { Queue, Worker } from "../../../lib/npm/bullmq.ts";

/** What of BullMQ is used here and not in the program. */
interface Filled {
  addBulk(jobs: readonly unknown[]): Promise<unknown>;
}
interface Working {
  on(event: "completed", act: (job: { readonly data: number }, value: number) => void): void;
  close(): Promise<void>;
}
type WorkerOf = new (
  name: string,
  work: (job: { readonly data: number }) => Promise<number>,
  options: object,
) => Working;

/** How many jobs are added by one call, and how many are under way at a time. */
const [BATCH, CONCURRENCY] = [1000, 100];

const [url = "", digits = ""] = Deno.args;
const count = Number(digits);
const { hostname: host, port } = new URL(url);
const connection = { host, port: Number(port), maxRetriesPerRequest: null };
const name = crypto.randomUUID();
const queue = new Queue(name, { connection });
await queue.waitUntilReady();

const start = performance.now();
let [right, ended] = [0, 0];
const all = Promise.withResolvers<void>();
const worker = new (Worker as unknown as WorkerOf)(name, ({ data }) => Promise.resolve(data * 2), {
  connection,
  concurrency: CONCURRENCY,
});
worker.on("completed", ({ data }, value) => {
  if (value === data * 2) right++;
  if (++ended === count) all.resolve();
});
for (let first = 0; first < count; first += BATCH) {
  const length = Math.min(BATCH, count - first);
  await (queue as unknown as Filled).addBulk(
    Array.from({ length }, (_, i) => ({
      name: "double",
      data: first + i,
      opts: { removeOnComplete: true },
    })),
  );
}
await all.promise;
console.log(JSON.stringify({ right, ms: performance.now() - start }));
await worker.close();
await queue.obliterate({ force: true });
await queue.close();
