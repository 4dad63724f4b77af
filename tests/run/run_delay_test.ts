import { assertEquals, assertRejects } from "@std/assert";
import { settle } from "../support/gate.ts";
import { taskOf } from "../support/held_engine.ts";
import { held } from "../support/held_run.ts";
import { SANITIZED } from "../support/sanitized.ts";
import { until } from "../support/shared_folder.ts";

const HOUR = 3_600_000;
const TWICE = { times: 2, backoffMs: 0, factor: 1, maxMs: 0, jitter: 0 };

Deno.test(
  "run() starts one job at once and no other before the delay, however many slots are free",
  SANITIZED,
  async () => {
    const stop = new AbortController();
    const task = taskOf("a", ["x", "y", "z"], { delayMs: HOUR, slots: 3 });
    const { outcomes, engine } = held([task], { signal: stop.signal });
    const next = outcomes.next();
    await settle();
    assertEquals([...engine("a").running.keys()], [0]);
    engine("a").done(0, "X");
    await next;
    const rest = outcomes.next();
    await settle();
    assertEquals([...engine("a").running.keys()], []);
    stop.abort(new Error("enough"));
    await assertRejects(() => rest, Error, "enough");
  },
);

Deno.test("run() starts the next job when the delay is over", SANITIZED, async () => {
  const { outcomes, engine } = held([taskOf("a", ["x", "y"], { delayMs: 20 })]);
  const reading = Array.fromAsync(outcomes);
  const before = performance.now();
  await until("the second job", () => engine("a")?.running.size === 2);
  assertEquals(performance.now() - before >= 20, true);
  engine("a").done(1, "Y");
  engine("a").done(0, "X");
  assertEquals((await reading).length, 2);
});

Deno.test("run() waits for no start where there is none to come", SANITIZED, async () => {
  for (const values of [[], ["x"]]) {
    const { outcomes, engine } = held([taskOf("a", values, { delayMs: HOUR })]);
    const reading = Array.fromAsync(outcomes);
    await settle();
    for (const index of values.keys()) engine("a").done(index, "X");
    assertEquals((await reading).length, values.length);
  }
});

Deno.test(
  "run() sees behind its last job that there is no other, however narrow the window",
  SANITIZED,
  async () => {
    const { outcomes, engine } = held([taskOf("a", ["x"], { delayMs: HOUR, window: 1, slots: 1 })]);
    const reading = Array.fromAsync(outcomes);
    await settle();
    engine("a").done(0, "X");
    assertEquals((await reading).length, 1);
  },
);

Deno.test("run() counts another attempt at a job as a start", SANITIZED, async () => {
  const stop = new AbortController();
  const task = taskOf("a", ["x"], { delayMs: HOUR, retries: TWICE });
  const { outcomes, engine } = held([task], { signal: stop.signal });
  const next = outcomes.next();
  await settle();
  engine("a").failed(0);
  await settle();
  assertEquals(engine("a").running.size, 0);
  stop.abort(new Error("enough"));
  await assertRejects(() => next, Error, "enough");
});

Deno.test(
  "run() starts another attempt when the delay is over, before what is new",
  SANITIZED,
  async () => {
    const { outcomes, engine } = held([taskOf("a", ["x", "y"], { delayMs: 20, retries: TWICE })]);
    const reading = Array.fromAsync(outcomes);
    await settle();
    const before = performance.now();
    engine("a").failed(0);
    assertEquals(engine("a").running.size, 0);
    await until("another attempt", () => engine("a").running.size === 1);
    assertEquals([[...engine("a").running.keys()], engine("a").attempts.get(0)], [[0], 2]);
    await until("the second job", () => engine("a").running.size === 2);
    assertEquals(performance.now() - before >= 20, true);
    for (const index of [0, 1]) engine("a").done(index, "done");
    assertEquals((await reading).map(({ attempts }) => attempts), [2, 1]);
  },
);
