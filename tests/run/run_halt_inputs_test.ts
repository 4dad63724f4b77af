import { assertEquals, assertRejects } from "@std/assert";
import type { Halt } from "../../lib/job.ts";
import { settle } from "../support/gate.ts";
import { taskOf } from "../support/held_engine.ts";
import { held, readAll } from "../support/held_run.ts";
import { SANITIZED } from "../support/sanitized.ts";
import { until } from "../support/shared_folder.ts";

const FIRST_FAILURE: Halt = { when: "soon", why: "fail", limit: { count: 1 } };

/** Numbers of which it is known how many were read, and whether they were closed. */
class Numbers {
  read = 0;
  closed = 0;
  readonly #count: number;
  readonly #whenClosed: () => void;

  constructor(count: number, whenClosed: () => void = () => {}) {
    this.#count = count;
    this.#whenClosed = whenClosed;
  }

  *atHand(): Generator<number> {
    try {
      while (this.read < this.#count) yield this.read++;
    } finally {
      this.closed++;
      this.#whenClosed();
    }
  }

  async *later(): AsyncGenerator<number> {
    yield* this.atHand();
  }
}

for (const kind of ["atHand", "later"] as const) {
  Deno.test(
    `run() that is halted closes inputs without end once, and reads no more of them, ${kind}`,
    SANITIZED,
    async () => {
      const numbers = new Numbers(Infinity);
      const task = taskOf("a", [], { halt: FIRST_FAILURE, window: 4 });
      const { outcomes, engine } = held([task], { inputs: numbers[kind]() });
      const seen: string[] = [];
      const over = readAll(outcomes, seen);
      await settle();
      engine("a").failed(0);
      const { read } = numbers;
      await settle();
      assertEquals(numbers.closed, 1);
      engine("a").done(1, "done");
      await over;
      assertEquals([numbers.read, numbers.closed], [read, 1]);
      assertEquals(seen, ["a0 failed", "a1 done"]);
    },
  );

  Deno.test(
    `run() reads all inputs before its first job where a share of them is enough, ${kind}`,
    SANITIZED,
    async () => {
      const numbers = new Numbers(15);
      const halt = { ...FIRST_FAILURE, limit: { percent: 10 } };
      const task = taskOf("a", [], { halt, window: 2, slots: 1 });
      const { outcomes, engine } = held([task], { inputs: numbers[kind]() });
      const seen: string[] = [];
      const over = readAll(outcomes, seen);
      await settle();
      await until("the first job", () => engine("a").running.size === 1);
      assertEquals([numbers.read, numbers.closed], [15, 1]);
      engine("a").failed(0);
      await settle();
      engine("a").failed(1);
      await over;
      assertEquals(seen, ["a0 failed", "a1 failed"]);
    },
  );

  Deno.test(
    `run() that is halted ends with what the inputs throw when they are closed, and closes its slots, ${kind}`,
    SANITIZED,
    async () => {
      const numbers = new Numbers(9, () => {
        throw new Error("no lock to give back");
      });
      const task = taskOf("a", [], { halt: FIRST_FAILURE, window: 4 });
      const { outcomes, engine } = held([task], { inputs: numbers[kind]() });
      const seen: string[] = [];
      const over = readAll(outcomes, seen);
      over.catch(() => {});
      await settle();
      engine("a").failed(0);
      await assertRejects(() => over, Error, "no lock to give back");
      assertEquals(engine("a").isDisposed, true);
    },
  );
}

Deno.test(
  "run() that is left closes its slots though its inputs throw when they are closed",
  SANITIZED,
  async () => {
    const numbers = new Numbers(9, () => {
      throw new Error("no lock to give back");
    });
    const { outcomes, engine } = held([taskOf("a", [])], { inputs: numbers.atHand() });
    const first = outcomes.next();
    await settle();
    engine("a").done(0, "done");
    await first;
    await assertRejects(() => outcomes.return(), Error, "no lock to give back");
    assertEquals(engine("a").isDisposed, true);
  },
);

for (const kind of ["atHand", "later"] as const) {
  Deno.test(
    `run() closes inputs once when it is stopped or another task has a fault, ${kind}`,
    SANITIZED,
    async () => {
      for (const how of ["signal", "fault"]) {
        const numbers = new Numbers(Infinity);
        const controller = new AbortController();
        const { outcomes, engine } = held([taskOf("a", []), taskOf("b", [])], {
          inputs: numbers[kind](),
          signal: controller.signal,
        });
        const first = outcomes.next();
        await settle();
        engine("a").done(0, "done");
        await first;
        // Nobody asks for more.
        if (how === "signal") controller.abort(new Error("stopped"));
        else engine("b").fault(new Error("no slots"));
        await settle();
        assertEquals([numbers.closed, engine("a").isDisposed], [1, true]);
        await assertRejects(
          () => outcomes.next(),
          Error,
          how === "signal" ? "stopped" : "no slots",
        );
        assertEquals(numbers.closed, 1);
      }
    },
  );
}

Deno.test(
  "run() throws what has stopped it, and tells what its inputs throw as they are closed",
  SANITIZED,
  async () => {
    const numbers = new Numbers(9, () => {
      throw new Error("no lock to give back");
    });
    const controller = new AbortController();
    const { outcomes, events } = held([taskOf("a", [])], {
      inputs: numbers.atHand(),
      signal: controller.signal,
    });
    const first = outcomes.next();
    await settle();
    controller.abort(new Error("stopped"));
    await assertRejects(() => first, Error, "stopped");
    const told = events.flatMap((event) => event.kind === "went-wrong" ? [`${event.reason}`] : []);
    assertEquals(told, ["Error: no lock to give back"]);
  },
);

Deno.test(
  "run() that is halted while its inputs are waited for does not wait for them",
  SANITIZED,
  async () => {
    const waiting = Promise.withResolvers<void>();
    const inputs = async function* () {
      yield* [0, 1];
      await waiting.promise;
      yield 2;
    };
    const task = taskOf("a", [], { halt: FIRST_FAILURE });
    const { outcomes, engine } = held([task], { inputs: inputs() });
    const seen: string[] = [];
    const over = readAll(outcomes, seen);
    await settle();
    engine("a").failed(0);
    engine("a").done(1, "done");
    await over;
    assertEquals(seen, ["a0 failed", "a1 done"]);
    waiting.resolve();
  },
);

Deno.test("run() reads a share of no inputs to its end", SANITIZED, async () => {
  const halt = { ...FIRST_FAILURE, limit: { percent: 100 } };
  const { outcomes } = held([taskOf("a", [], { halt })], { inputs: new Numbers(0).later() });
  assertEquals(await Array.fromAsync(outcomes), []);
});

Deno.test("run() that is halted waits for no start any more", SANITIZED, async () => {
  const task = taskOf("a", [0, 1, 2], { halt: FIRST_FAILURE, delayMs: 3_600_000 });
  const { outcomes, engine } = held([task]);
  const seen: string[] = [];
  const over = readAll(outcomes, seen);
  await settle();
  engine("a").failed(0);
  await over;
  assertEquals(seen, ["a0 failed"]);
});

Deno.test("run() tells no fold of a task that another has halted, unless all of its jobs had ended", async () => {
  for (const [inputs, isWhole] of [[[1], true], [[1, 2], false]] as const) {
    const fold = { run: { module: "", path: [] } };
    const tasks = [
      taskOf("a", [...inputs], { fold, slots: 1 }),
      taskOf("b", [1], { halt: { ...FIRST_FAILURE, when: "now" } }),
    ];
    const { outcomes, engine, events } = held(tasks);
    const over = readAll(outcomes, []);
    await settle();
    engine("a").done(0, 5);
    engine("b").failed(0);
    await over;
    const ended = events.find((event) => event.kind === "task-ended" && event.task.name === "a");
    const folded = ended?.kind === "task-ended" ? ended.folded : undefined;
    assertEquals(folded, isWhole ? { value: 5 } : undefined);
  }
});
