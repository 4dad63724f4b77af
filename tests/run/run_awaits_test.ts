import { assertEquals, assertRejects } from "@std/assert";
import type { Awaited, RunEvent } from "../../lib/events.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { settle } from "../support/gate.ts";
import { halted, taskOf } from "../support/held_engine.ts";
import { held, readAll } from "../support/held_run.ts";

const FOLD = { run: { module: "", path: [] }, initial: { value: 0 } };

const never = () => new Promise<never>(() => {});

function awaited(events: readonly RunEvent[]): [string, Awaited][] {
  return events.flatMap((event) => event.kind === "awaited" ? [[event.task, event.what]] : []);
}

/** How the fold of a task has ended. */
function foldOf(events: readonly RunEvent[], name: string): unknown {
  const ended = events.find((event) => event.kind === "task-ended" && event.task.name === name);
  return ended?.kind === "task-ended" ? ended.folded ?? ended.isFoldLeft : "not ended";
}

Deno.test("run() tells once that a fold does not settle, after 10 s, and at which value", async () => {
  const clock = new FakeClock();
  const fold = (sum: unknown, _: unknown, index: number) => index === 1 ? never() : sum;
  const controller = new AbortController();
  const { signal } = controller;
  const task = taskOf("a", ["x", "y"], { fold: FOLD });
  const { outcomes, engine, events } = held([task], { fold, clock, signal });
  const reading = readAll(outcomes, []);
  await settle();
  engine("a").done(0, 0);
  engine("a").done(1, 1);
  await settle();
  clock.pass(9_999);
  assertEquals(awaited(events), []);
  clock.pass(60_000);
  assertEquals(awaited(events), [["a", { kind: "fold", index: 1 }]]);
  controller.abort(new Error("enough"));
  await assertRejects(() => reading, Error, "enough");
  assertEquals(clock.timers, 0);
});

Deno.test("run() sets no timer for a fold that gives no promise", async () => {
  const clock = new FakeClock();
  const { outcomes, engine, events } = held([taskOf("a", ["x"], { fold: FOLD })], {
    fold: (_, value) => {
      assertEquals(clock.timers, timers);
      return value;
    },
    clock,
  });
  const reading = readAll(outcomes, []);
  await settle();
  const timers = clock.timers;
  engine("a").done(0, 7);
  await reading;
  assertEquals([foldOf(events, "a"), clock.timers], [{ value: 7 }, 0]);
});

for (const how of ["signal", "ending"] as const) {
  Deno.test(`run() that is ended by its ${how} leaves a fold that does not settle, and gives what is there`, async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const options = { fold: never, clock, [how]: controller.signal };
    const tasks = [taskOf("a", ["x", "y"], { fold: FOLD }), taskOf("b", ["z"])];
    const { outcomes, engine, events } = held(tasks, options);
    const got: string[] = [];
    const reading = readAll(outcomes, got);
    await settle();
    engine("a").done(0, 0);
    engine("b").done(0, 0);
    await settle();
    assertEquals(got, []);
    controller.abort(new Error("enough"));
    await assertRejects(() => reading, Error, "enough");
    assertEquals(got, how === "ending" ? ["a0 done", "a1 cancelled", "b0 done"] : ["a0 done"]);
    assertEquals([foldOf(events, "a"), clock.timers], ["not ended", 0]);
  });
}

Deno.test("run() that is ended leaves a fold that is not loaded", async () => {
  const controller = new AbortController();
  const clock = new FakeClock();
  const { signal: ending } = controller;
  const task = taskOf("a", ["x"], { fold: FOLD });
  const { outcomes, engine, events } = held([task], { loadFold: never, clock, ending });
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  engine("a").done(0, 0);
  clock.pass(10_000);
  assertEquals(awaited(events), [["a", { kind: "fold", index: undefined }]]);
  controller.abort(new Error("enough"));
  await assertRejects(() => reading, Error, "enough");
  assertEquals(got, ["a0 done"]);
});

Deno.test("run() leaves a fold that does not settle when another task cannot go on", async () => {
  const tasks = [taskOf("a", ["x"], { fold: FOLD }), taskOf("b", ["y"])];
  const { outcomes, engine } = held(tasks, { fold: never });
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  engine("a").done(0, 0);
  await settle();
  engine("b").fault(new Error("broken"));
  await assertRejects(() => reading, Error, "broken");
  assertEquals(got, ["a0 done"]);
});

Deno.test("run() that halts at once leaves a fold that does not settle after the grace of its task", async () => {
  const clock = new FakeClock();
  const tasks = [
    taskOf("a", ["x"], { fold: FOLD, graceMs: 700 }),
    halted("b", ["y"], "now", ["fail", 1]),
  ];
  const { outcomes, engine, events } = held(tasks, { fold: never, clock });
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  engine("a").done(0, 0);
  await settle();
  engine("b").failed(0);
  await settle();
  clock.pass(699);
  await settle();
  assertEquals(got, []);
  clock.pass(1);
  await reading;
  assertEquals(got, ["a0 done", "b0 failed"]);
  assertEquals([foldOf(events, "a"), clock.timers], [true, 0]);
});

Deno.test("run() that halts at once lets a fold end that takes no longer than the grace", async () => {
  const clock = new FakeClock();
  const folding = Promise.withResolvers<number>();
  const tasks = [taskOf("a", ["x"], { fold: FOLD }), halted("b", ["y"], "now", ["fail", 1])];
  const { outcomes, engine, events } = held(tasks, { fold: () => folding.promise, clock });
  const reading = readAll(outcomes, []);
  await settle();
  engine("a").done(0, 0);
  await settle();
  engine("b").failed(0);
  clock.pass(4_999);
  folding.resolve(7);
  await reading;
  assertEquals([foldOf(events, "a"), clock.timers], [{ value: 7 }, 0]);
});

Deno.test("run() that halts at once lets a fold have its grace however late its outcomes are read", async () => {
  const clock = new FakeClock();
  const tasks = [
    taskOf("z", ["x"]),
    taskOf("a", ["x"], { fold: FOLD }),
    halted("b", ["y"], "now", ["fail", 1]),
  ];
  const fold = (_: unknown, value: unknown) => Promise.resolve(value);
  const { outcomes, engine, events } = held(tasks, { fold, clock });
  const first = outcomes.next();
  await settle();
  engine("z").done(0, 0);
  await first;
  engine("a").done(0, 7);
  engine("b").failed(0);
  clock.pass(60_000);
  await readAll(outcomes, []);
  assertEquals([foldOf(events, "a"), clock.timers], [{ value: 7 }, 0]);
});

Deno.test("run() tells once that an input is long in coming, after 10 s, and ends all the same", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  async function* inputs() {
    yield 1;
    await never();
  }
  const { outcomes, engine, events } = held([taskOf("a", [])], {
    inputs: inputs(),
    clock,
    ending: controller.signal,
  });
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  engine("a").done(0, 0);
  clock.pass(9_999);
  assertEquals(awaited(events), []);
  clock.pass(60_000);
  assertEquals(awaited(events), [["a", { kind: "input" }]]);
  controller.abort(new Error("enough"));
  await assertRejects(() => reading, Error, "enough");
  assertEquals([got, clock.timers], [["a0 done"], 0]);
});
