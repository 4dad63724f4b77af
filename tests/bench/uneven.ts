/**
 * Work that differs much from job to job: how near is it to the best that can be done?
 *
 * @module
 */

import { Pool, run, type Task } from "fanfold";
import { atMost, type Found, type Goal } from "./goals.ts";
import { spreadOf } from "./measure.ts";
import { SLOTS } from "./started.ts";
import type { Span } from "./waits.ts";

/** How long jobs take, in ms, in their order. */
const WORKS: Readonly<Record<string, readonly number[]>> = {
  "one of 2 s among 2,000 of 1 ms": Array.from({ length: 2001 }, (_, i) => i === 500 ? 2000 : 1),
  "a ramp from 0 to 10 ms": Array.from({ length: 1000 }, (_, i) => i / 100),
  "a ramp down from 10 to 0 ms": Array.from({ length: 1000 }, (_, i) => (999 - i) / 100),
  "at random, 4 ms in the mean": randomly(1000, 4),
};

/** Times of which many are short and few long, the same each time. */
function randomly(count: number, mean: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = Math.imul(state, 48271) >>> 1;
    return -Math.log((state % 10_000 + 1) / 10_001) * mean;
  });
}

/** Each work in a warm pool, beside what the same jobs would take with each given to the first slot that is free. */
export async function uneven(rounds: number): Promise<Found> {
  const lines: string[] = [];
  const goals: Goal[] = [];
  for (const [name, times] of Object.entries(WORKS)) {
    const found = [];
    for (let round = 0; round < rounds; round++) found.push(await tookOf(times));
    const ms = spreadOf(found.map(({ took }) => took)).median;
    const best = spreadOf(found.map(({ best }) => best)).median;
    const shares = found.map(({ took, best }) => took / best);
    lines.push(
      `| ${name} | ${ms.toFixed(0)} | ${best.toFixed(0)} | ${spreadOf(shares).median.toFixed(3)} |`,
    );
    goals.push(...atMost(1.05, `${name}, in the time of the best schedule`, shares));
  }
  const knownLines: string[] = [];
  for (const [name, at] of Object.entries({ first: 0, "in the middle": 1000, last: 2000 })) {
    const shares: number[] = [];
    for (let round = 0; round < rounds; round++) shares.push(await shareOfKnown(at));
    knownLines.push(`| ${name} | ${spreadOf(shares).median.toFixed(3)} |`);
    goals.push(...atMost(1.03, `one of 2 s ${name}, known before, in the best time`, shares));
  }
  const head = ["| jobs | ms | best, ms | times the best |", "| --- | --- | --- | --- |"];
  return {
    tables: [
      ["\nUneven work in a pool", "", ...head, ...lines].join("\n"),
      [
        "\nOne of 2 s among 2,000 of 1 ms, the slowest first",
        "",
        "| the long one is | times the best |",
        "| --- | --- |",
        ...knownLines,
      ].join("\n"),
    ],
    goals,
    missing: [],
  };
}

/** From the first start to the last end; and the best that was possible, by how long the jobs did take. */
async function tookOf(times: readonly number[]): Promise<{ took: number; best: number }> {
  const module = new URL("./waits.ts", import.meta.url);
  await using pool = new Pool<typeof import("./waits.ts")>(module, { jobs: SLOTS });
  // Long enough for every slot to be opened.
  await pool.map("waits", Array.from({ length: SLOTS * 20 }, () => 10));
  const spans: Span[] = await pool.map("waits", times);
  const took = Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ from }) => from));
  return { took, best: scheduled(spans.map(({ from, to }) => to - from)) };
}

/**
 * How long a run takes of which it is known how long jobs take, beside the best that is possible for jobs of these times
 * on slots that are there from their first job on.
 *
 * @param at Which job is the long one.
 */
async function shareOfKnown(at: number): Promise<number> {
  const task: Task = {
    name: "waits",
    action: {
      kind: "function",
      run: { module: new URL("./waits.ts", import.meta.url).href, path: ["waits"] },
      spread: false,
    },
    source: { kind: "list", values: Array.from({ length: 2001 }, (_, i) => i === at ? 2000 : 1) },
    needs: [],
    isolation: "worker",
    slots: SLOTS,
    chunk: "auto",
    ordered: true,
    order: "slowest",
    env: {},
  };
  const spans: Span[] = [];
  const opened = new Map<number, number>();
  for await (const outcome of run([task], { timeBefore: () => (ms) => Number(ms) })) {
    if (outcome.kind !== "done") throw new Error(`Job ${outcome.index} is ${outcome.kind}`);
    const span = outcome.value as Span;
    spans.push(span);
    opened.set(outcome.slot, Math.min(span.from, opened.get(outcome.slot) ?? Infinity));
  }
  const begin = Math.min(...opened.values());
  const late = [...opened.values()].reduce((sum, from) => sum + from - begin, 0);
  const times = spans.map(({ from, to }) => to - from);
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const best = Math.max(...times, (total + late) / SLOTS);
  return (Math.max(...spans.map(({ to }) => to)) - begin) / best;
}

/**
 * How long jobs take that are started in their order, each as soon as a slot is free: what is best where nobody knows
 * beforehand how long a job takes (list scheduling; Graham, 1966).
 */
function scheduled(times: readonly number[]): number {
  const slots = Array.from({ length: SLOTS }, () => 0);
  for (const ms of times) {
    const next = slots.indexOf(Math.min(...slots));
    slots[next] = (slots[next] ?? 0) + ms;
  }
  return Math.max(...slots);
}
