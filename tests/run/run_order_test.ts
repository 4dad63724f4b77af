import { assertEquals, assertRejects } from "@std/assert";
import type { Ending, PriorOutcomes, Task } from "../../lib/job.ts";
import { settle } from "../support/gate.ts";
import { halted, taskOf } from "../support/held_engine.ts";
import { held, type HeldOptions, readAll } from "../support/held_run.ts";
import { SANITIZED } from "../support/sanitized.ts";

/** How long inputs took before, in ms: what is no number is new. */
const timeBefore = (input: unknown) => typeof input === "number" ? input : undefined;

const TIMES = [10, "new", 30, 20, "newer", 50, 40];

/** The indexes of these in the order in which they are to start. */
const STARTS = [1, 4, 5, 6, 2, 3, 0];

/** A run that is read as it goes, and the jobs that have started, in their order. */
function slowestFirst(task: Task, options: HeldOptions = {}) {
  const run = held([task], { timeBefore, ...options });
  const seen: string[] = [];
  const over = readAll(run.outcomes, seen);
  const started: string[] = [];
  /** Ends what has started, one job after the other, until nothing runs; all well unless told otherwise. */
  const endAll = async (fails: (job: string) => boolean = () => false) => {
    for (;;) {
      await settle();
      const engine = run.engines.get("a");
      const [index] = engine?.running.keys() ?? [];
      if (!engine || index === undefined) return;
      const attempt = engine.attempts.get(index);
      const job = attempt === 1 ? `${index}` : `${index} again`;
      started.push(job);
      if (fails(job)) engine.failed(index);
      else engine.done(index, index);
    }
  };
  return { ...run, seen, over, started, endAll };
}

function doneOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `a${i} done`);
}

const sources: Readonly<Record<string, () => HeldOptions["inputs"]>> = {
  "a list": () => TIMES,
  "a generator": () => TIMES.values(),
  "an asynchronous generator": () =>
    (async function* () {
      for (const input of TIMES) {
        await Promise.resolve();
        yield input;
      }
    })(),
};
for (const [what, inputs] of Object.entries(sources)) {
  for (const delayMs of [undefined, 1]) {
    const how = delayMs === undefined ? what : `${what}, no faster than it may`;
    Deno.test(
      `run() starts first what took longest, and yields in input order: ${how}`,
      SANITIZED,
      async () => {
        const task = taskOf("a", [], { order: "slowest", slots: 1, delayMs });
        const run = slowestFirst(task, { inputs: inputs() });
        while (run.started.length < TIMES.length) {
          await run.endAll();
          if (delayMs) await new Promise((due) => setTimeout(due, delayMs));
        }
        await run.over;
        assertEquals(run.started, STARTS.map(String));
        assertEquals(run.seen, doneOf(7));
      },
    );
  }
}

Deno.test("run() starts nothing before all inputs are read, however many", SANITIZED, async () => {
  const last = Promise.withResolvers<void>();
  const nearlyAll = Promise.withResolvers<void>();
  const inputs = async function* () {
    for (let n = 0; n < 10_000; n++) yield 1;
    nearlyAll.resolve();
    await last.promise;
    yield 90;
  };
  const task = taskOf("a", [], { order: "slowest", slots: 1 });
  const run = slowestFirst(task, { inputs: inputs() });
  await nearlyAll.promise;
  await settle();
  assertEquals(run.engine("a").running.size, 0);
  last.resolve();
  await settle();
  assertEquals([...run.engine("a").running.keys()], [10_000]);
  await run.endAll();
  await run.over;
  assertEquals(run.seen, doneOf(10_001));
});

Deno.test(
  "run() ends with no inputs, where the slowest are to start first",
  SANITIZED,
  async () => {
    for (const inputs of [[], (async function* () {})()]) {
      const run = slowestFirst(taskOf("a", [], { order: "slowest" }), { inputs });
      await run.over;
      assertEquals(run.events.some(({ kind }) => kind === "run-ended"), true);
    }
  },
);

Deno.test(
  "run() starts inputs as they come where nothing is known, and reads no further",
  SANITIZED,
  async () => {
    const task = taskOf("a", [], { order: "slowest", slots: 1 });
    const run = slowestFirst(task, { inputs: Array(9999).fill(5).values(), timeBefore: undefined });
    await settle();
    assertEquals([...run.engine("a").running.keys()], [0]);
    await run.endAll();
    await run.over;
    assertEquals(run.seen, doneOf(9999));
  },
);

Deno.test(
  "run() gives its inputs up to the first that cannot be read the slowest first",
  SANITIZED,
  async () => {
    const inputs = function* () {
      yield* [1, 9];
      throw new Error("no more");
    };
    const task = taskOf("a", [], { order: "slowest", slots: 1 });
    const run = slowestFirst(task, { inputs: inputs() });
    const failed = assertRejects(() => run.over, Error, "no more");
    await run.endAll();
    await failed;
    assertEquals([run.started, run.seen], [["1", "0"], doneOf(2)]);
  },
);

Deno.test(
  "run() takes over what ended before, and starts the slowest of the rest first",
  SANITIZED,
  async () => {
    const trace = { startedAt: 0, durationMs: 0, slot: 1 };
    const ending: Ending = { kind: "done", value: "kept", ...trace };
    const kept: PriorOutcomes = {
      find: (first, inputs) =>
        new Map(
          inputs.flatMap((_, i) =>
            [0, 5, 6].includes(first + i) ? [[i, { ending, attempts: 1 }]] : []
          ),
        ),
    };
    for (const delayMs of [undefined, 0.001]) {
      const task = taskOf("a", TIMES, { order: "slowest", slots: 1, delayMs });
      const run = slowestFirst(task, { kept });
      while (run.started.length < 4) {
        await run.endAll();
        if (delayMs) await new Promise((due) => setTimeout(due, 1));
      }
      await run.over;
      assertEquals([run.started, run.seen], [["1", "4", "2", "3"], doneOf(7)]);
    }
  },
);

Deno.test("run() tries again before it starts what took less", SANITIZED, async () => {
  const retries = { times: 1, backoffMs: 0, factor: 2, maxMs: 1000, jitter: 0 };
  const task = taskOf("a", TIMES, { order: "slowest", slots: 1, retries });
  const run = slowestFirst(task);
  await run.endAll((job) => ["4", "6"].includes(job));
  await run.over;
  assertEquals(run.started, ["1", "4", "4 again", "5", "6", "6 again", "2", "3", "0"]);
  assertEquals(run.seen, doneOf(7));
});

for (const when of ["soon", "now"] as const) {
  Deno.test(
    `run() that is halted ${when} cancels what it holds, in input order`,
    SANITIZED,
    async () => {
      const changes = { order: "slowest", slots: 2 } as const;
      const run = slowestFirst(halted("a", TIMES, when, ["fail", 1], changes));
      await settle();
      assertEquals([...run.engine("a").running.keys()], [1, 4]);
      run.engine("a").failed(4);
      if (when === "soon") run.engine("a").done(1, 1);
      await run.over;
      const cancelled = (index: number) => `a${index} cancelled`;
      const first = when === "soon" ? "a1 done" : cancelled(1);
      assertEquals(run.seen, [
        cancelled(0),
        first,
        cancelled(2),
        cancelled(3),
        "a4 failed",
        cancelled(5),
        cancelled(6),
      ]);
    },
  );
}

Deno.test(
  "run() that is halted while inputs are read gives them up, and ends",
  SANITIZED,
  async () => {
    const other = halted("b", [0], "now", ["fail", 1], { slots: 1 });
    let isClosed = false;
    const inputs = async function* () {
      try {
        yield* [1, 2, 3];
        await new Promise<void>((go) => gate = go);
        yield 4;
      } finally {
        isClosed = true;
      }
    };
    let gate = () => {};
    const a = taskOf("a", [], { order: "slowest", slots: 1 });
    const run = held([a, other], {
      timeBefore,
      inputs: ({ name }) => name === "a" ? inputs() : undefined,
    });
    const seen: string[] = [];
    const over = readAll(run.outcomes, seen);
    await settle();
    assertEquals(run.engine("a").running.size, 0);
    run.engine("b").failed(0);
    await settle();
    gate();
    await over;
    await settle();
    assertEquals(seen, ["a0 cancelled", "a1 cancelled", "a2 cancelled", "b0 failed"]);
    assertEquals(isClosed, true);
  },
);

Deno.test("run() fails where it cannot be told how long inputs took", SANITIZED, async () => {
  const timeBefore = () => {
    throw new Error("no times");
  };
  const run = slowestFirst(taskOf("a", [1, 2], { order: "slowest" }), { timeBefore });
  await assertRejects(() => run.over, Error, "no times");
});
