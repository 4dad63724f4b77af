import { assert, assertEquals, assertRejects } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { settle } from "../support/gate.ts";
import { taskOf } from "../support/held_engine.ts";
import { held, kinds, readAll } from "../support/held_run.ts";

Deno.test("run() yields outcomes in input order when jobs end in reverse", async () => {
  const { outcomes, engine } = held([taskOf("a", ["x", "y", "z"], { slots: 3 })]);
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  for (const index of [2, 1, 0]) {
    assertEquals(got, []);
    engine("a").done(index, index);
    await settle();
  }
  await reading;
  assertEquals(got, ["a0 done", "a1 done", "a2 done"]);
});

Deno.test("run() yields outcomes as jobs end when the task is not ordered", async () => {
  const { outcomes, engine } = held([taskOf("a", ["x", "y", "z"], { slots: 3, ordered: false })]);
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  for (const index of [2, 0, 1]) {
    engine("a").done(index, index);
    await settle();
  }
  await reading;
  assertEquals(got, ["a2 done", "a0 done", "a1 done"]);
});

Deno.test("run() tells that a job has ended at once, whoever's turn it is", async () => {
  const { outcomes, engine, events } = held([taskOf("a", ["x", "y"])]);
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  engine("a").failed(1);
  assertEquals(kinds(events).at(-1), "ended a1 failed");
  await settle();
  assertEquals(got, []);
  engine("a").done(0, 0);
  await reading;
  assertEquals(kinds(events), [
    "run-started",
    "task-started a",
    "ended a1 failed",
    "ended a0 done",
    "task-ended a",
    "run-ended",
  ]);
});

Deno.test("run() runs tasks at the same time that need nothing of each other", async () => {
  const { outcomes, engine } = held([taskOf("a", [1]), taskOf("b", [2])]);
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  engine("b").done(0, 0);
  await settle();
  assertEquals(got, []);
  engine("a").done(0, 0);
  await reading;
  assertEquals(got, ["a0 done", "b0 done"]);
});

Deno.test("run() starts a task when those it needs have ended, read or not", async () => {
  const { outcomes, engine, engines } = held([
    taskOf("a", [1]),
    taskOf("b", [2]),
    taskOf("c", [3], { needs: ["b"] }),
  ]);
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  assert(!engines.has("c"));
  engine("b").done(0, 0);
  await settle();
  assert(engines.has("c"));
  engine("c").done(0, 0);
  engine("a").done(0, 0);
  await reading;
  assertEquals(got, ["a0 done", "b0 done", "c0 done"]);
});

Deno.test("run() skips what needs a task that failed, and what needs that, and goes on", async () => {
  const { outcomes, engine, events } = held([
    taskOf("a", [1]),
    taskOf("b", [2], { needs: ["a"] }),
    taskOf("c", [3], { needs: ["b"] }),
    taskOf("d", [4]),
  ]);
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  engine("a").failed(0);
  engine("d").done(0, 0);
  await reading;
  assertEquals(got, ["a0 failed", "d0 done"]);
  assertEquals(kinds(events).filter((text) => text.startsWith("task-")), [
    "task-started a",
    "task-started d",
    "task-ended a",
    "task-skipped b",
    "task-skipped c",
    "task-ended d",
  ]);
});

Deno.test("run() keeps all tasks together within its slots", async () => {
  const { outcomes, engine } = held(
    [taskOf("a", [1, 2], { slots: 3 }), taskOf("b", [3, 4, 5], { slots: 3 })],
    { slots: 3 },
  );
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  assertEquals([engine("a").running.size, engine("b").running.size], [2, 1]);
  engine("b").done(0, 0);
  await settle();
  assertEquals(engine("b").running.size, 1);
  engine("a").done(0, 0);
  await settle();
  assertEquals(engine("b").running.size, 2);
  engine("a").done(1, 0);
  engine("b").done(1, 0);
  engine("b").done(2, 0);
  await reading;
  assertEquals(got.length, 5);
});

Deno.test("run() starts no more tasks at the same time than there are slots", async () => {
  const tasks = ["a", "b", "c"].map((name) => taskOf(name, [1]));
  const { outcomes, engine, engines } = held(tasks, { slots: 2 });
  const reading = readAll(outcomes, []);
  await settle();
  assertEquals([...engines.keys()], ["a", "b"]);
  engine("b").done(0, 0);
  await settle();
  assertEquals([...engines.keys()], ["a", "b", "c"]);
  engine("c").done(0, 0);
  engine("a").done(0, 0);
  await reading;
});

Deno.test("run() drops the output of an outcome when the next is asked for", async () => {
  const { outcomes, engine } = held([taskOf("a", [1, 2])]);
  let dropped = 0;
  const output = {
    read: () => new ReadableStream<Uint8Array>(),
    tap: () => {},
    drop: () => void dropped++,
    dropUnread: () => {},
  };
  const first = outcomes.next();
  await settle();
  engine("a").done(0, 0, output);
  assertEquals((await first).value?.output, output);
  assertEquals(dropped, 0);
  const second = outcomes.next();
  await settle();
  assertEquals(dropped, 1);
  engine("a").done(1, 0);
  await second;
  await outcomes.return();
});

Deno.test("run() starts the task whose turn it is even if later ones wait with full windows", async () => {
  const { outcomes, engine, engines } = held([
    taskOf("a", [1]),
    taskOf("b", [2], { needs: ["a"] }),
    { ...taskOf("c", [3, 4, 5], { window: 1, slots: 1 }) },
  ], { slots: 2 });
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  engine("c").done(0, 0); // Its window is full now, and nobody reads it yet.
  await settle();
  assertEquals(engine("c").running.size, 0);
  engine("a").done(0, 0);
  await settle();
  assert(engines.has("b"));
  engine("b").done(0, 0);
  await settle();
  engine("c").done(1, 0);
  await settle();
  engine("c").done(2, 0);
  await reading;
  assertEquals(got, ["a0 done", "b0 done", "c0 done", "c1 done", "c2 done"]);
});

Deno.test("run() leaves an endless input, and disposes its engines, when the reader leaves", async () => {
  const task = taskOf("a", [], { source: { kind: "lines", nul: false }, window: 4 });
  const { outcomes, engine } = held([task]);
  const first = outcomes.next();
  await settle();
  engine("a").done(0, "zero");
  assertEquals((await first).value?.index, 0);
  await outcomes.return();
  assert(engine("a").isDisposed);
  assert(engine("a").most <= 4);
});

Deno.test("run() folds values in input order, and tells the result", async () => {
  const { outcomes, engine, events } = held(
    [taskOf("a", [1, 2, 3], {
      slots: 3,
      fold: { run: { module: "", path: [] }, initial: { value: "" } },
    })],
    { fold: (sum, value, index) => `${sum}${index}${value}` },
  );
  const reading = readAll(outcomes, []);
  await settle();
  for (const index of [1, 2, 0]) engine("a").done(index, "abc"[index]);
  await reading;
  const ended = events.find((event) => event.kind === "task-ended");
  assertEquals(ended?.folded, { value: "0a1b2c" });
});

Deno.test("run() tells no fold when a job did not end well", async () => {
  const fold = { run: { module: "", path: [] } };
  const { outcomes, engine, events } = held([taskOf("a", [1, 2], { fold })]);
  const reading = readAll(outcomes, []);
  await settle();
  engine("a").done(0, 1);
  engine("a").failed(1);
  await reading;
  const ended = events.find((event) => event.kind === "task-ended");
  assertEquals([ended?.folded, ended?.counts], [undefined, {
    "done": 1,
    "failed": 1,
    "timed-out": 0,
    "died": 0,
    "cancelled": 0,
  }]);
});

Deno.test("run() throws a fault of a fold that throws, naming task and job", async () => {
  const fold = { run: { module: "", path: [] }, initial: { value: 0 } };
  const { outcomes, engine } = held([taskOf("a", [1], { fold })], {
    fold: () => {
      throw new RangeError("too much");
    },
  });
  const reading = readAll(outcomes, []);
  await settle();
  engine("a").done(0, 1);
  const fault = await assertRejects(() => reading, Fault);
  const [{ message, at } = { message: "" }] = fault.mistakes;
  assertEquals(message, 'Cannot fold the value of job 1 of task "a": RangeError: too much');
  assertEquals(at?.text?.trim(), 'throw new RangeError("too much");');
});

Deno.test("run() yields what is ready, then throws the fault of any task's engine", async () => {
  const { outcomes, engine } = held([taskOf("a", [1, 2]), taskOf("b", [3])]);
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  engine("a").done(0, 0);
  engine("b").fault(new Fault("engine", "no slots"));
  const fault = await assertRejects(() => reading, Fault);
  assertEquals([fault.message, got], ["no slots", ["a0 done"]]);
  assert(engine("a").isDisposed && engine("b").isDisposed);
});

Deno.test("run() stops with the reason of its signal", async () => {
  const stop = new AbortController();
  const { outcomes, engine } = held([taskOf("a", [1, 2])], { signal: stop.signal });
  const got: string[] = [];
  const reading = readAll(outcomes, got);
  await settle();
  engine("a").done(0, 0);
  stop.abort(new Error("enough"));
  await assertRejects(() => reading, Error, "enough");
  assertEquals(got, ["a0 done"]);
  assert(engine("a").isDisposed);
});

Deno.test("run() of a task without inputs ends it at once", async () => {
  const { outcomes, events } = held([taskOf("a", [])]);
  await readAll(outcomes, []);
  assertEquals(kinds(events), ["run-started", "task-started a", "task-ended a", "run-ended"]);
});

Deno.test("run() starts no task that needs one whose inputs cannot be read, and throws at the turn of that", async () => {
  for (const isSync of [true, false]) {
    const broken = isSync
      ? { [Symbol.iterator]: () => ({ next: () => fails("gone") }) }
      : { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("gone")) }) };
    const { outcomes, engine, engines } = held([
      taskOf("a", [1]),
      taskOf("b", []),
      taskOf("c", [3], { needs: ["b"] }),
    ], { inputs: ({ name }) => name === "b" ? broken as Iterable<unknown> : undefined });
    const got: string[] = [];
    const reading = readAll(outcomes, got);
    await settle();
    assertEquals([...engines.keys()], ["a", "b"]);
    engine("a").done(0, 0);
    await assertRejects(() => reading, Error, "gone");
    assertEquals([got, [...engines.keys()]], [["a0 done"], ["a", "b"]]);
  }
});

function fails(message: string): never {
  throw new Error(message);
}
