/**
 * One side of a queue, with no jobs to do: `queue_link.ts near URL 1000 100 1` sends 1000 slices of 100 numbers each, of
 * which the other side tells in one report; `queue_link.ts host URL - 100 1` is that side, until its stdin ends. Each
 * tells how long its processors worked, in ms, from when it was ready.
 *
 * @module
 */

import process from "node:process";
import { toCloneBytes } from "../../../lib/clones/clone_bytes.ts";
import type { HostEvents, RunEvents } from "../../../lib/engines/queue/broker.ts";
import type { Item } from "../../../lib/engines/queue/messages.ts";
import { connect } from "../../../lib/engines/queue/server/connect.ts";

/** How many slices are under way at a time. */
const UNDER_WAY = 8;

const [side, url = "", ...numbers] = Deno.args;
const [slices = 0, jobs = 0, reports = 1] = numbers.map(Number);
const nothing = () => {};
const server = { unreachable: nothing, reachable: nothing };

await using broker = await connectedTo(url);
await (side === "near" ? near() : host());

async function connectedTo(url: string) {
  const broker = await connect(url);
  return Object.assign(broker, { [Symbol.asyncDispose]: () => broker.close() });
}

async function near(): Promise<void> {
  const session = crypto.randomUUID();
  const inputs = toCloneBytes(Array.from({ length: jobs }, (_, i) => i));
  const last = Promise.withResolvers<void>();
  let [sent, ended] = [0, 0];
  const events: RunEvents = {
    ...server,
    reported: ({ isLast }) => {
      if (!isLast) return;
      if (++ended === slices) last.resolve();
      else void sendNext();
    },
    lost: () => last.reject(new Error("the session is lost")),
  };
  const run = {
    version: 1,
    session,
    runId: session,
    name: "bench",
    from: "bench",
    tasks: [],
  } as const;
  const link = await broker.openRun({ run, bundles: new Map(), events });
  const sendNext = async () => {
    if (sent === slices) return;
    const parts = [{ first: sent++ * jobs, count: jobs, attempt: 1 }];
    await link.send(
      { id: crypto.randomUUID(), session, task: "none", parts, expectedMs: 1 },
      inputs,
    );
  };
  const start = performance.now();
  const before = process.cpuUsage();
  for (let i = 0; i < UNDER_WAY; i++) void sendNext();
  await last.promise;
  const { user, system } = process.cpuUsage(before);
  const told = { right: slices, ms: performance.now() - start, cpuMs: (user + system) / 1000 };
  await link.close(10_000);
  console.log(JSON.stringify(told));
}

async function host(): Promise<void> {
  const count = Math.ceil(jobs / reports);
  const items = toCloneBytes(Array.from({ length: 1 }, (): Item => ({
    kind: "done",
    at: 0,
    values: Float64Array.from({ length: count }, (_, i) => i),
    times: new Float64Array(2),
    slot: 1,
  })));
  const events: HostEvents = {
    ...server,
    delivered: async ({ head: { session, id: slice }, number: delivery }) => {
      const report = { session, slice, delivery, host: "bench", items };
      for (let number = 0; number < reports; number++) {
        await link.report({ ...report, number, isLast: number === reports - 1 });
      }
    },
    lost: nothing,
    ordered: nothing,
  };
  const link = await broker.join({
    host: { name: "bench", slots: 1, busy: 0, tasks: ["none"], bundles: "none" },
    capacity: 2,
    lockMs: 30_000,
    events,
  });
  console.log("ready");
  const before = process.cpuUsage();
  for await (const _ of Deno.stdin.readable);
  const { user, system } = process.cpuUsage(before);
  await link.drain();
  await link.close();
  console.log(JSON.stringify({ cpuMs: (user + system) / 1000 }));
}
