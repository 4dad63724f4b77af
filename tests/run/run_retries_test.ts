import { assertEquals, assertRejects } from "@std/assert";
import { settle } from "../support/gate.ts";
import { taskOf } from "../support/held_engine.ts";
import { held } from "../support/held_run.ts";

const TWICE = { times: 2, backoffMs: 0, factor: 1, maxMs: 0, jitter: 0 };

Deno.test("run() tries a job again, and yields in its place how the last attempt ended", async () => {
  const { outcomes, engine, events } = held([taskOf("a", ["x", "y"], { retries: TWICE })]);
  const reading = Array.fromAsync(outcomes);
  await settle();
  engine("a").failed(0);
  engine("a").done(1, "Y");
  engine("a").failed(0);
  assertEquals([engine("a").running.get(0), engine("a").attempts.get(0)], ["x", 3]);
  engine("a").done(0, "X");
  const [x, y] = await reading;
  assertEquals([x?.kind, x?.index, x?.input, x?.attempts], ["done", 0, "x", 3]);
  assertEquals([y?.kind, y?.attempts], ["done", 1]);
  const told = events.filter(({ kind }) => kind === "job-retried" || kind === "job-ended");
  assertEquals(told.map((event) => event.kind === "job-retried" ? event.attempt : "ended"), [
    1,
    "ended",
    2,
    "ended",
  ]);
  const ended = events.find((event) => event.kind === "task-ended");
  assertEquals(ended?.counts, {
    "done": 2,
    "failed": 0,
    "timed-out": 0,
    "died": 0,
    "cancelled": 0,
  });
});

Deno.test("run() yields a job as failed that fails as often as it may be tried", async () => {
  const { outcomes, engine } = held([taskOf("a", ["x"], { retries: TWICE })]);
  const reading = Array.fromAsync(outcomes);
  await settle();
  for (let attempt = 1; attempt <= 3; attempt++) engine("a").failed(0);
  assertEquals((await reading).map(({ kind, attempts }) => [kind, attempts]), [["failed", 3]]);
});

Deno.test("run() does not end while a job waits for its next attempt, and stops waiting when it stops", async () => {
  const retries = { ...TWICE, backoffMs: 3_600_000, maxMs: 3_600_000 };
  const stop = new AbortController();
  const { outcomes, engine } = held([taskOf("a", ["x"], { retries })], { signal: stop.signal });
  const next = outcomes.next();
  await settle();
  engine("a").failed(0);
  await settle();
  assertEquals(engine("a").running.size, 0);
  stop.abort(new Error("enough"));
  await assertRejects(() => next, Error, "enough");
});

Deno.test("run() drops what an attempt wrote that is not the last, where nobody reads it", async () => {
  const { outcomes, engine } = held([taskOf("a", ["x"], { retries: TWICE })]);
  let dropped = 0;
  const output = {
    read: () => new ReadableStream<Uint8Array>(),
    tap: () => {},
    drop: () => {},
    dropUnread: () => void dropped++,
  };
  const reading = Array.fromAsync(outcomes);
  await settle();
  engine("a").failed(0, output);
  assertEquals(dropped, 1);
  engine("a").done(0, 1);
  await reading;
});
