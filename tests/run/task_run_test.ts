import { assertEquals } from "@std/assert";
import type { Engine, Feed } from "../../lib/engines/engine.ts";
import type { RunEvent } from "../../lib/events.ts";
import type { Task } from "../../lib/job.ts";
import { SlotLimit } from "../../lib/run/task_feed.ts";
import { outcomesOf, TaskRun, VALUES } from "../../lib/run/task_run.ts";
import { taskOf } from "../support/held_engine.ts";

/** How many jobs an engine gets that asks for many, time after time, until it gets none. */
async function takes(changes: Partial<Task>, max: number): Promise<number[]> {
  const sizes: number[] = [];
  const engine: Engine = {
    perform: (feed: Feed) => {
      for (let jobs = feed.take(max); jobs; jobs = feed.take(max)) sizes.push(jobs.inputs.length);
      return Promise.resolve();
    },
    halt: () => {},
    runningJobs: () => [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const inputs = Array(100_000).keys();
  const parts = { engine, inputs };
  const hooks = { tell: () => {}, results: VALUES, onFault: () => {}, onEnough: () => {} };
  await using _run = new TaskRun(taskOf("a", [], changes), parts, new SlotLimit(9), 0, hooks);
  return sizes;
}

Deno.test("TaskRun gives no slot so much at once that others get none of the window", async () => {
  assertEquals(await takes({ slots: 2, window: 64 }, 10_000), Array(8).fill(8));
  assertEquals(await takes({ slots: 4, window: 4 }, 10_000), [1, 1, 1, 1]);
});

Deno.test("TaskRun gives whole chunks of the size that a task asks for", async () => {
  assertEquals(await takes({ slots: 2, chunk: 5000 }, 5000), Array(8).fill(5000));
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
    runningJobs: () => [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const results = outcomesOf("a");
  const hooks = { tell: () => {}, results, onFault: () => {}, onEnough: () => {} };
  for (const ordered of [true, false]) {
    const task = taskOf("a", [], { slots: 1, window: 4, ordered });
    const parts = { engine, inputs: ["x", "y"], first: 1_000_000 };
    await using run = new TaskRun(task, parts, new SlotLimit(9), 0, hooks);
    const outcomes = await run.next();
    assertEquals(outcomes?.map(({ index, input }) => [index, input]), [
      [1_000_000, "x"],
      [1_000_001, "y"],
    ]);
    assertEquals(await run.next(), undefined);
  }
});

Deno.test("TaskRun counts jobs that are done together, and gives their outcomes or their values", async () => {
  const engine: Engine = {
    perform: (feed: Feed, { ended }) => {
      for (let jobs = feed.take(2); jobs; jobs = feed.take(2)) {
        const times = new Float64Array(jobs.inputs.length * 2).fill(3);
        ended(jobs, { values: jobs.inputs.map((text) => `${text}!`), times, slot: 1, pid: 5 });
      }
      return Promise.resolve();
    },
    halt: () => {},
    runningJobs: () => [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const parts = { engine, inputs: ["x", "y", "z"] };
  const task = taskOf("a", [], { slots: 1, window: 16 });
  const told: RunEvent[] = [];
  const tell = (event: RunEvent) => void told.push(event);
  const hooks = { tell, onFault: () => {}, onEnough: () => {} };
  const outcomes = { ...hooks, results: outcomesOf("a", tell) };
  await using run = new TaskRun(task, parts, new SlotLimit(9), 0, outcomes);
  const common = { task: "a", attempts: 1, kind: "done", startedAt: 3, durationMs: 3 };
  const all = ["x", "y", "z"].map((input, index) => {
    const value = `${input}!`;
    return { ...common, index, input, value, slot: 1, pid: 5, output: undefined };
  });
  assertEquals(await run.next() as unknown, all);
  assertEquals([run.counts.done, run.isWell], [3, true]);
  assertEquals(told.flatMap((event) => event.kind === "job-ended" ? event.outcome.index : []), [
    0,
    1,
    2,
  ]);
  told.length = 0;
  await using values = new TaskRun(task, parts, new SlotLimit(9), 0, { ...hooks, results: VALUES });
  assertEquals(await values.next(), ["x!", "y!", "z!"]);
  assertEquals([values.counts.done, told.some(({ kind }) => kind === "job-ended")], [3, false]);
});
