import { assertEquals, assertRejects } from "@std/assert";
import type { ObservedRun, RunEvent, RunObserver, TaskProgress } from "../../lib/events.ts";
import { endedWith, tellTo } from "../../lib/run/observed.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { settle } from "../support/gate.ts";
import { halted, taskOf } from "../support/held_engine.ts";
import { held, readAll } from "../support/held_run.ts";

/** An observer that keeps what it hears, as far as it is of this kind. */
function hears(kind: RunEvent["kind"], progressEveryMs?: number) {
  const heard: RunEvent[] = [];
  const onEvent = (event: RunEvent) => {
    if (event.kind === kind) heard.push(event);
  };
  return { heard, onEvent, progressEveryMs };
}

/** The counts of inputs that were told. */
function countsIn(events: readonly RunEvent[]): [string, number | undefined][] {
  return events.flatMap((event) =>
    event.kind === "inputs-counted" ? [[event.task.name, event.count]] : []
  );
}

Deno.test("tellTo() tells observers in their order, and is nothing where there are none", () => {
  assertEquals(tellTo([]), undefined);
  const told: string[] = [];
  const observers = ["a", "b", "c"].map((name): RunObserver => ({
    onEvent: ({ kind }) => void told.push(`${name} ${kind}`),
  }));
  tellTo(observers.slice(0, 1))?.({ kind: "jobs-told" });
  tellTo(observers)?.({ kind: "run-ended", runId: "r" });
  assertEquals(told, ["a jobs-told", "a run-ended", "b run-ended", "c run-ended"]);
});

Deno.test("tellTo() tells an observer only what it hears of, whatever came before", () => {
  const told: string[] = [];
  const observer = (name: string, hears?: RunObserver["hears"]): RunObserver => ({
    hears,
    onEvent: ({ kind }) => void told.push(`${name} ${kind}`),
  });
  const some = observer("some", ["run-ended"]);
  const alone = tellTo([some]);
  const tell = tellTo([some, observer("all"), observer("none", [])]);
  for (const kind of ["jobs-told", "run-ended", "run-ended", "jobs-told"] as const) {
    const event = kind === "jobs-told" ? { kind } : { kind, runId: "r" };
    alone?.(event);
    tell?.(event);
    told.push("");
  }
  assertEquals(told.join(", ").split(", , "), [
    "all jobs-told",
    "some run-ended, some run-ended, all run-ended",
    "some run-ended, some run-ended, all run-ended",
    "all jobs-told, ",
  ]);
});

Deno.test("run() tells how many inputs a task has once, if that is known as it starts", async () => {
  const { outcomes, engine, events } = held([taskOf("a", ["x", "y"])], { count: 2 });
  const reading = readAll(outcomes, []);
  await settle();
  assertEquals(countsIn(events), [["a", 2]]);
  for (const index of [0, 1]) engine("a").done(index, index);
  await reading;
  assertEquals(countsIn(events), [["a", 2]]);
  const kinds = events.map(({ kind }) => kind);
  assertEquals(kinds.slice(0, 3), ["run-started", "task-started", "inputs-counted"]);
});

for (const kind of ["a list", "a generator", "an asynchronous generator"]) {
  Deno.test(`run() tells how many inputs ${kind} had when it has come to its end`, async () => {
    const values = ["x", "y", "z"];
    const generators = {
      "a list": () => values,
      "a generator": () => values.values(),
      "an asynchronous generator": () => later(values),
    };
    const inputs = generators[kind as keyof typeof generators]();
    const { outcomes, engine, events } = held([taskOf("a", [], { slots: 2, window: 2 })], {
      inputs,
    });
    const reading = readAll(outcomes, []);
    await settle();
    assertEquals(countsIn(events), [["a", undefined]]);
    for (const index of [0, 1, 2]) {
      engine("a").done(index, index);
      await settle();
    }
    await reading;
    assertEquals(countsIn(events), [["a", undefined], ["a", 3]]);
  });
}

Deno.test("run() tells how many inputs there are when all are read for a share of them", async () => {
  const halt = { when: "soon", why: "fail", limit: { percent: 50 } } as const;
  const task = taskOf("a", ["x", "y", "z"], { slots: 1, window: 1, halt });
  const counted = Promise.withResolvers<void>();
  const onEvent = (event: RunEvent) => {
    if (event.kind === "inputs-counted" && event.count !== undefined) counted.resolve();
  };
  const { outcomes, engine, events } = held([task], { observers: [{ onEvent }] });
  const reading = readAll(outcomes, []);
  await counted.promise;
  await settle();
  assertEquals([...engine("a").running.keys()], [0]);
  assertEquals(countsIn(events), [["a", undefined], ["a", 3]]);
  for (const index of [0, 1, 2]) {
    engine("a").done(index, index);
    await settle();
  }
  await reading;
  assertEquals(countsIn(events), [["a", undefined], ["a", 3]]);
});

Deno.test("run() tells no count of inputs that are left unread, or end in an error", async () => {
  const left = held([halted("a", [], "soon", ["fail", 1], { slots: 1, window: 1 })], {
    inputs: later(["x", "y", "z"]),
  });
  const reading = readAll(left.outcomes, []);
  await settle();
  left.engine("a").failed(0);
  await reading;
  assertEquals(countsIn(left.events), [["a", undefined]]);
  const broken = held([taskOf("a", [])], {
    inputs: {
      [Symbol.iterator]: () => ({
        next() {
          throw new Error("broken");
        },
      }),
    },
  });
  await assertRejects(() => readAll(broken.outcomes, []), Error, "broken");
  assertEquals(countsIn(broken.events), [["a", undefined]]);
});

/** What was told of progress: taken, running, and how many ended well and not. */
function progressIn(events: readonly RunEvent[]): (string | number)[][] {
  const numbers = ({ task, taken, running, ended }: TaskProgress) => [
    ...[task.name, taken, running, ended.done],
    ended.failed + ended["timed-out"] + ended.died + ended.cancelled,
  ];
  return events.flatMap((event) => event.kind === "progress" ? [event.tasks.flatMap(numbers)] : []);
}

Deno.test("run() tells progress only to who asks for it, as often as that, and once more at the end", async () => {
  const clock = new FakeClock();
  const often = hears("progress", 100);
  const seldom = hears("progress", 250);
  const tasks = [taskOf("a", ["x", "y", "z"]), taskOf("b", ["x"])];
  const observers = [often, seldom];
  const { outcomes, engine, events } = held(tasks, { clock, observers, slots: 3 });
  const reading = readAll(outcomes, []);
  await settle();
  clock.pass(99);
  assertEquals([often.heard, seldom.heard], [[], []]);
  clock.pass(1);
  assertEquals(progressIn(often.heard), [["a", 2, 2, 0, 0, "b", 1, 1, 0, 0]]);
  engine("a").failed(1);
  engine("b").done(0, 0);
  await settle();
  clock.pass(150);
  const second = ["a", 3, 2, 0, 1, "b", 1, 0, 1, 0];
  assertEquals(progressIn(often.heard).slice(1), [second]);
  assertEquals(progressIn(seldom.heard), [second]);
  for (const index of [0, 2]) engine("a").done(index, index);
  await reading;
  const last = ["a", 3, 0, 2, 1, "b", 1, 0, 1, 0];
  assertEquals(progressIn(often.heard).slice(2), [last]);
  assertEquals(progressIn(seldom.heard).slice(1), [last]);
  assertEquals(progressIn(events), []);
  assertEquals(clock.timers, 0);
});

Deno.test("run() looks at no clock for observers that do not ask for progress", async () => {
  const clock = new FakeClock();
  const { outcomes, engine } = held([taskOf("a", ["x"])], { clock });
  const reading = readAll(outcomes, []);
  await settle();
  assertEquals(clock.timers, 0);
  engine("a").done(0, 0);
  await reading;
});

Deno.test("run() tells no progress any more once its reader has left", async () => {
  const clock = new FakeClock();
  const observer = hears("progress", 100);
  const { outcomes, engine } = held([taskOf("a", ["x", "y"])], { clock, observers: [observer] });
  const first = outcomes.next();
  await settle();
  engine("a").done(0, 0);
  await first;
  await outcomes.return();
  clock.pass(1000);
  assertEquals([observer.heard.length, clock.timers], [0, 0]);
});

Deno.test("run() gives itself to observers first, and says to them what runs at any time", async () => {
  let run: ObservedRun | undefined;
  const kinds: string[] = [];
  const observer: RunObserver = {
    attach: (given) => {
      run = given;
      kinds.push("attach");
    },
    onEvent: ({ kind }) => void kinds.push(kind),
  };
  const tasks = [taskOf("a", ["x", "y"]), taskOf("b", ["z"])];
  const { outcomes, engine } = held(tasks, { observers: [observer], slots: 3 });
  const reading = readAll(outcomes, []);
  await settle();
  assertEquals(kinds.slice(0, 2), ["attach", "run-started"]);
  const running = () => run?.running().map(({ task, index, input }) => [task, index, input]);
  assertEquals(running(), [["a", 0, "x"], ["a", 1, "y"], ["b", 0, "z"]]);
  engine("a").done(0, 0);
  await settle();
  assertEquals(running(), [["a", 1, "y"], ["b", 0, "z"]]);
  engine("a").done(1, 1);
  engine("b").done(0, 0);
  await reading;
  assertEquals(running(), []);
});

/** An observer that ends when it is let, or in vain. */
function ending(told: string[], name: string, reason?: unknown): RunObserver {
  return {
    onEvent: () => {},
    end: () => {
      told.push(name);
      return reason === undefined ? Promise.resolve() : Promise.reject(reason);
    },
  };
}

Deno.test("endedWith() ends all observers when all is given, and throws what the first throws", async () => {
  const told: string[] = [];
  const observers = [
    ending(told, "a"),
    ending(told, "b", new Error("full")),
    { onEvent: () => {} },
    ending(told, "c", new Error("late")),
  ];
  const given: number[] = [];
  const read = async () => {
    for await (const n of endedWith(later([1, 2]), observers)) given.push(n);
  };
  await assertRejects(read, Error, "full");
  assertEquals([given, told], [[1, 2], ["a", "b", "c"]]);
});

Deno.test("endedWith() ends observers of a run that fails or is left, and throws why it failed", async () => {
  const told: string[] = [];
  const observers = [ending(told, "a", new Error("full"))];
  const failing = async function* () {
    yield 1;
    throw new Error("broken");
  };
  await assertRejects(() => Array.fromAsync(endedWith(failing(), observers)), Error, "broken");
  assertEquals(told, ["a"]);
  for await (const _ of endedWith(later([1, 2]), [ending(told, "b")])) break;
  assertEquals(told, ["a", "b"]);
});

async function* later<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  for (const item of items) yield await Promise.resolve(item);
}
