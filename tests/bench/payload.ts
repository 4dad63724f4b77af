/**
 * What it costs to send big buffers to Workers and back: copied and moved, beside what the platform does.
 *
 * @module
 */

import { move, run } from "fanfold";
import type { Task } from "../../lib/job.ts";
import { BYTES, made, STARTING, sum } from "./buffers.ts";
import { atLeast, type Found } from "./goals.ts";
import { spreadOf } from "./measure.ts";
import { npmBuffers } from "./npm_buffers.ts";
import type { Asked } from "./raw_buffers_worker.ts";
import { type Program, SLOTS, together, toldBy } from "./started.ts";

/** Messages under way to one of the bare Workers. */
const FLIGHTS = 2;

/** How much is sent. */
export interface PayloadSizes {
  readonly rounds: number;
  /** Buffers in a round, with those that are not counted. */
  readonly count: number;
}

/** Has so many buffers got through; tells of each what came back for its number. */
type Through = (count: number, came: (n: number, answer: unknown) => void) => Promise<void>;

/** A way to send buffers. */
interface Way {
  readonly name: string;
  readonly through: Through;
}

const TO: readonly Way[] = [
  { name: "postMessage, cloned", through: workers((n) => ({ what: made(n), isMoved: false })) },
  { name: "postMessage, transferred", through: workers((n) => ({ what: made(n), isMoved: true })) },
  { name: "fanfold, copied", through: fanfold("sum", made) },
  { name: "fanfold, moved", through: fanfold("sum", (n) => move(made(n))) },
];

const FROM: readonly Way[] = [
  { name: "postMessage, cloned", through: workers((n) => ({ what: n, isMoved: false })) },
  { name: "postMessage, transferred", through: workers((n) => ({ what: n, isMoved: true })) },
  { name: "fanfold, copied", through: fanfold("made", (n) => n) },
  { name: "fanfold, moved", through: fanfold("given", (n) => n) },
];

/** Sends buffers each way, in turn; starts are not counted. */
export async function payload(sizes: PayloadSizes): Promise<Found> {
  const [to, from] = [await compared("to", TO, sizes), await compared("from", FROM, sizes)];
  return {
    tables: [...to.tables, ...from.tables],
    goals: [...to.goals, ...from.goals],
    missing: [...to.missing, ...from.missing],
  };
}

async function compared(
  where: "to" | "from",
  ways: readonly Way[],
  { rounds, count }: PayloadSizes,
): Promise<Found> {
  const peers = together(
    await npmBuffers(`${where}, copied`, count),
    await npmBuffers(`${where}, moved`, count),
  );
  const all = [
    ...ways.map(({ name, through }) => ({ name, rate: () => rateOf(through, count) })),
    ...peers.found.map((peer) => ({ name: peer.name, rate: () => rateTold(peer, count) })),
  ];
  const rates = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, rate } of all) rates.get(name)?.push(await rate());
  }
  const lines = [...rates].map(([name, found]) => {
    const { median, least, most } = spreadOf(found);
    return `| ${name} | ${median.toFixed(2)} | ${least.toFixed(2)}–${most.toFixed(2)} |`;
  });
  const title = `\n${count - STARTING} buffers of ${
    BYTES / 2 ** 20
  } MiB ${where} Workers, made and read too`;
  const goals = ["copied", "moved"].flatMap((how) => {
    const theirs = rates.get(`piscina, buffers ${where}, ${how}`) ?? [];
    const shares = theirs.map((rate, i) => (rates.get(`fanfold, ${how}`)?.[i] ?? NaN) / rate);
    return atLeast(1, `buffers ${where} Workers, ${how}, at the rate of piscina`, shares);
  });
  return {
    tables: [
      [title, "", "| way | GB/s | least–most |", "| --- | --- | --- |", ...lines].join("\n"),
    ],
    goals,
    missing: peers.missing,
  };
}

/** GB/s of a program that tells how long it took once slots had been started. */
async function rateTold(program: Program, count: number): Promise<number> {
  return (count - STARTING) * BYTES / 1e6 / await toldBy(program, count);
}

/** GB/s once slots have been started; throws if a buffer is not right. */
async function rateOf(through: Through, count: number): Promise<number> {
  const sums = Array.from({ length: count }, (_, n) => sum(made(n)));
  let start = 0;
  let came = 0;
  await through(count, (n, answer) => {
    came++;
    if (came === STARTING) start = performance.now();
    if ((answer instanceof Uint8Array ? sum(answer) : answer) !== sums[n]) {
      throw new Error(`Buffer ${n} is not right`);
    }
  });
  if (came !== count) throw new Error(`${came} buffers, wanted ${count}`);
  return (count - STARTING) * BYTES / 1e6 / (performance.now() - start);
}

/** The floor: bare Workers. */
function workers(ask: (n: number) => Asked): Through {
  return async (count, came) => {
    let next = 0;
    await Promise.all(Array.from({ length: SLOTS }, async () => {
      const module = new URL("./raw_buffers_worker.ts", import.meta.url);
      const worker = new Worker(module, { type: "module" });
      const waiting: ((answer: unknown) => void)[] = [];
      worker.onmessage = ({ data }) => waiting.shift()?.(data);
      const flights = Array.from({ length: FLIGHTS }, async () => {
        while (next < count) {
          const n = next++;
          const { promise, resolve } = Promise.withResolvers<unknown>();
          waiting.push(resolve);
          const asked = ask(n);
          const isMoved = asked.isMoved && typeof asked.what !== "number";
          worker.postMessage(asked, isMoved ? [asked.what.buffer] : []);
          came(n, await promise);
        }
      });
      await Promise.all(flights);
      worker.terminate();
    }));
  };
}

function fanfold(name: string, input: (n: number) => unknown): Through {
  return async (count, came) => {
    const module = new URL("./buffers.ts", import.meta.url).href;
    const task: Task = {
      name,
      action: { kind: "function", run: { module, path: [name] }, spread: false },
      source: {
        kind: "iterable",
        open: function* () {
          for (let n = 0; n < count; n++) yield input(n);
        },
      },
      needs: [],
      isolation: "worker",
      slots: SLOTS,
      chunk: "auto",
      window: SLOTS * 8,
      ordered: true,
      env: {},
    };
    for await (const outcome of run([task])) {
      came(outcome.index, outcome.kind === "done" ? outcome.value : outcome.error);
    }
  };
}
