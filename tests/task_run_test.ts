import { assertEquals } from "@std/assert";
import type { Engine, Feed } from "../lib/engines/engine.ts";
import type { Task } from "../lib/job.ts";
import { Limit } from "../lib/limit.ts";
import { Outcomes, VALUES } from "../lib/results.ts";
import { TaskRun, windowOf } from "../lib/task_run.ts";
import { taskOf } from "./support/held_engine.ts";

/** How many jobs an engine gets that asks for many, time after time, until it gets none. */
async function takes(changes: Partial<Task>, max: number): Promise<number[]> {
  const sizes: number[] = [];
  const engine: Engine = {
    perform: (feed: Feed) => {
      for (let jobs = feed.take(max); jobs; jobs = feed.take(max)) sizes.push(jobs.inputs.length);
      return Promise.resolve();
    },
    halt: () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const inputs = Array(100_000).keys();
  const parts = { engine, inputs };
  const hooks = { tell: () => {}, results: VALUES, onFault: () => {}, onEnough: () => {} };
  await using _run = new TaskRun(taskOf("a", [], changes), parts, new Limit(9), 0, hooks);
  return sizes;
}

Deno.test("TaskRun gives no slot so much at once that others get none of the window", async () => {
  assertEquals(await takes({ slots: 2, window: 64 }, 10_000), Array(8).fill(8));
  assertEquals(await takes({ slots: 4, window: 4 }, 10_000), [1, 1, 1, 1]);
});

Deno.test("TaskRun gives whole chunks of the size that a task asks for", async () => {
  assertEquals(await takes({ slots: 2, chunk: 5000 }, 5000), Array(8).fill(5000));
});

Deno.test("windowOf() is narrower where one job has many inputs, and fits four chunks", () => {
  const window = (slots: number, chunk: number | "auto", batch?: number) =>
    windowOf({ slots, chunk }, batch);
  assertEquals([window(2, "auto"), window(2, "auto", 100), window(2, "auto", 10_000)], [
    4096,
    40,
    8,
  ]);
  assertEquals([window(3, 1000), window(1, 10)], [12_000, 2048]);
});

Deno.test("TaskRun gives jobs the indices that follow the first, and their outcomes come", async () => {
  const engine: Engine = {
    perform: (feed: Feed, { ended }) => {
      for (let jobs = feed.take(9); jobs; jobs = feed.take(9)) {
        const trace = { startedAt: 1, durationMs: 1, slot: 1 };
        ended(jobs, jobs.inputs.map((value) => ({ kind: "done", value, ...trace })));
      }
      return Promise.resolve();
    },
    halt: () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const results = new Outcomes("a", () => {});
  const hooks = { tell: () => {}, results, onFault: () => {}, onEnough: () => {} };
  for (const ordered of [true, false]) {
    const task = taskOf("a", [], { slots: 1, window: 4, ordered });
    const parts = { engine, inputs: ["x", "y"], first: 1_000_000 };
    await using run = new TaskRun(task, parts, new Limit(9), 0, hooks);
    const outcomes = await run.next();
    assertEquals(outcomes?.map(({ index, input }) => [index, input]), [
      [1_000_000, "x"],
      [1_000_001, "y"],
    ]);
    assertEquals(await run.next(), undefined);
  }
});
