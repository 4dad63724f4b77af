import { assert, assertEquals } from "@std/assert";
import type { Ending, Retries } from "../../lib/job.ts";
import { type Retry, RetryQueue } from "../../lib/run/task_feed.ts";
import { FakeClock } from "../support/fake_clock.ts";

const RETRIES: Retries = { times: 9, backoffMs: 100, factor: 2, maxMs: 1000, jitter: 0 };

function ending(kind: Exclude<Ending["kind"], "done"> = "failed", name = "Error"): Ending {
  return { kind, error: { name, message: "" }, startedAt: 0, durationMs: 0, slot: 1 };
}

/** A job that waits for its second attempt. */
function retry(index: number): Retry {
  return { index, input: `${index}`, attempt: 2 };
}

const done: Ending = { kind: "done", value: 1, startedAt: 0, durationMs: 0, slot: 1 };

Deno.test("RetryQueue waits longer after each attempt, up to the longest wait", () => {
  const queue = new RetryQueue(RETRIES);
  const waits = [1, 2, 3, 4, 5, 9].map((attempt) => queue.waitAfter(ending(), attempt));
  assertEquals(waits, [100, 200, 400, 800, 1000, 1000]);
  const even = new RetryQueue({ ...RETRIES, factor: 1 });
  assertEquals([1, 7].map((attempt) => even.waitAfter(ending(), attempt)), [100, 100]);
  const many = new RetryQueue({ ...RETRIES, times: 9999, backoffMs: 0 });
  assertEquals([1, 9998].map((attempt) => many.waitAfter(ending(), attempt)), [0, 0]);
});

Deno.test("RetryQueue makes a wait longer or shorter by its jitter and no more", () => {
  const queue = new RetryQueue({ ...RETRIES, jitter: 0.5 });
  const waits = Array.from({ length: 200 }, () => queue.waitAfter(ending(), 1) ?? NaN);
  assert(waits.every((wait) => wait >= 50 && wait <= 150), `${waits}`);
  assert(new Set(waits).size > 100);
});

Deno.test("RetryQueue tries as often as it may, and only what it may", () => {
  const waits = (retries: Retries | undefined, end: Ending, ...attempts: number[]) =>
    attempts.map((attempt) => new RetryQueue(retries).waitAfter(end, attempt) !== undefined);
  assertEquals(waits({ ...RETRIES, times: 2 }, ending(), 1, 2, 3), [true, true, false]);
  assertEquals(waits({ ...RETRIES, times: 0 }, ending(), 1), [false]);
  assertEquals(waits(undefined, ending(), 1), [false]);
  assertEquals(waits(RETRIES, done, 1), [false]);
  for (const kind of ["timed-out", "died"] as const) {
    assertEquals(waits(RETRIES, ending(kind), 1, 9, 10), [true, true, false]);
  }
  const on = { ...RETRIES, on: ["timed-out", "TypeError"] };
  assertEquals(waits(on, ending("timed-out"), 1), [true]);
  assertEquals(waits(on, ending("failed", "TypeError"), 1), [true]);
  assertEquals(waits(on, ending("failed"), 1), [false]);
  assertEquals(waits(on, ending("died"), 1), [false]);
});

Deno.test("RetryQueue gives each job when it is due, and says so once", () => {
  const clock = new FakeClock();
  const queue = new RetryQueue(RETRIES, clock);
  let calls = 0;
  queue.onDue = () => calls++;
  queue.add(retry(1), 300);
  queue.add(retry(2), 100);
  queue.add(retry(3), 100);
  queue.add(retry(4), 0);
  assertEquals([queue.take()?.index, queue.take(), queue.isEmpty], [4, undefined, false]);
  clock.pass(99);
  assertEquals([queue.take(), calls], [undefined, 0]);
  clock.pass(1);
  assertEquals([calls, queue.take(), queue.take(), queue.take()], [
    1,
    retry(2),
    retry(3),
    undefined,
  ]);
  clock.pass(199);
  assertEquals([queue.take(), queue.isEmpty], [undefined, false]);
  clock.pass(1);
  assertEquals([queue.take()?.index, queue.isEmpty, clock.timers], [1, true, 0]);
});

Deno.test("RetryQueue.giveUp() gives all that wait, and leaves no timer behind", () => {
  const clock = new FakeClock();
  const queue = new RetryQueue(RETRIES, clock);
  queue.onDue = () => assert(false, "it was called off");
  queue.add(retry(1), 50);
  assertEquals(queue.giveUp(), [retry(1)]);
  clock.pass(100);
  assertEquals([queue.isEmpty, queue.take(), clock.timers], [true, undefined, 0]);
});

Deno.test("RetryQueue waits for longer than a timer can", () => {
  const clock = new FakeClock();
  const month = 30 * 24 * 3600_000;
  const queue = new RetryQueue(RETRIES, clock);
  let calls = 0;
  queue.onDue = () => calls++;
  queue.add(retry(1), month);
  clock.pass(month - 1);
  assertEquals([calls, queue.take()], [0, undefined]);
  clock.pass(1);
  assertEquals([calls, queue.take()?.index], [1, 1]);
});
