import { assertEquals } from "@std/assert";
import type { Engine, Feed } from "../lib/engines/engine.ts";
import type { Task } from "../lib/job.ts";
import { Limit } from "../lib/limit.ts";
import { TaskRun } from "../lib/task_run.ts";
import { taskOf } from "./support/held_engine.ts";

/** How many jobs an engine gets that asks for many, time after time, until it gets none. */
async function takes(changes: Partial<Task>, max: number): Promise<number[]> {
  const sizes: number[] = [];
  const engine: Engine = {
    perform: (feed: Feed) => {
      for (let jobs = feed.take(max); jobs; jobs = feed.take(max)) sizes.push(jobs.inputs.length);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const inputs = Array(100_000).keys();
  const parts = { engine, inputs };
  await using _run = new TaskRun(
    taskOf("a", [], changes),
    parts,
    new Limit(9),
    0,
    () => {},
    () => {},
  );
  return sizes;
}

Deno.test("TaskRun gives no slot so much at once that others get none of the window", async () => {
  assertEquals(await takes({ slots: 2, window: 64 }, 10_000), Array(8).fill(8));
  assertEquals(await takes({ slots: 4, window: 4 }, 10_000), [1, 1, 1, 1]);
});

Deno.test("TaskRun gives whole chunks of the size that a task asks for", async () => {
  assertEquals(await takes({ slots: 2, chunk: 5000 }, 5000), Array(8).fill(5000));
});
