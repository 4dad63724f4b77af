import { assertEquals, assertRejects } from "@std/assert";
import type { Task } from "../../lib/job.ts";
import { settle } from "../support/gate.ts";
import { halted, taskOf } from "../support/held_engine.ts";
import { held, type HeldOptions, kinds, readAll } from "../support/held_run.ts";
import { SANITIZED } from "../support/sanitized.ts";

/** A run that is read as it goes. */
function reading(tasks: readonly Task[], options: HeldOptions = {}) {
  const run = held(tasks, options);
  const seen: string[] = [];
  return { ...run, seen, over: readAll(run.outcomes, seen) };
}

Deno.test(
  "run() that is halted soon lets the jobs end that run, and starts no other",
  SANITIZED,
  async () => {
    const { engine, events, seen, over } = reading([
      halted("a", [0, 1, 2, 3], "soon", ["fail", 1]),
    ]);
    await settle();
    engine("a").failed(0);
    assertEquals([engine("a").halted, [...engine("a").running.keys()]], ["soon", [1]]);
    engine("a").done(1, "late");
    await over;
    assertEquals(seen, ["a0 failed", "a1 done"]);
    assertEquals(kinds(events), [
      "run-started",
      "task-started a",
      "ended a0 failed",
      "task-halted a",
      "ended a1 done",
      "task-ended a",
      "run-ended",
    ]);
  },
);

Deno.test(
  "run() that is halted now yields what is done behind a job that was cancelled, in order",
  SANITIZED,
  async () => {
    const task = halted("a", [0, 1, 2, 3, 4], "now", ["fail", 1], { slots: 4 });
    const { engine, seen, over } = reading([task]);
    await settle();
    engine("a").done(2, "done");
    engine("a").failed(3);
    await over;
    assertEquals(seen, ["a0 cancelled", "a1 cancelled", "a2 done", "a3 failed", "a4 cancelled"]);
  },
);

Deno.test(
  "run() is halted after as many ends as were wanted, and by no others",
  SANITIZED,
  async () => {
    for (const [why, ends] of [["fail", "fdf"], ["success", "dfd"], ["done", "df"]] as const) {
      const { engine, events, seen, over } = reading([
        halted("a", Array(9).fill(0), "soon", [why, 2], { slots: 1 }),
      ]);
      for (const [index, end] of [...ends].entries()) {
        await settle();
        assertEquals(engine("a").halted, undefined, why);
        if (end === "d") engine("a").done(index, "done");
        else engine("a").failed(index);
      }
      await over;
      assertEquals(seen.length, ends.length, why);
      assertEquals(events.filter(({ kind }) => kind === "task-halted").length, 1, why);
    }
  },
);

Deno.test(
  "run() halts all tasks by the failures of one, and skips for it those that have not started",
  SANITIZED,
  async () => {
    const { engine, engines, events, seen, over } = reading([
      halted("a", [0, 1, 2], "now", ["fail", 1]),
      taskOf("b", [0, 1, 2]),
      taskOf("c", [0], { needs: ["b"] }),
    ]);
    await settle();
    engine("b").done(0, "done");
    engine("a").failed(0);
    await over;
    assertEquals(seen, ["a0 failed", "a1 cancelled", "b0 done", "b1 cancelled", "b2 cancelled"]);
    const skipped = events.filter((event) => event.kind === "task-skipped");
    assertEquals(skipped.map(({ task, because }) => [task.name, because]), [["c", "a"]]);
    assertEquals([...engines.keys()], ["a", "b"]);
  },
);

Deno.test(
  "run() halts just the task that has its successes, and well, whatever else failed in it",
  SANITIZED,
  async () => {
    const sum = { run: { module: "file:///none.ts", path: ["sum"] }, initial: { value: 10 } };
    const fold = (soFar: unknown, value: unknown) => (soFar as number) + (value as number);
    const { engine, events, seen, over } = reading([
      halted("a", [0, 1, 2, 3], "now", ["success", 2], { fold: sum, slots: 4 }),
      taskOf("b", [0], { needs: ["a"] }),
      taskOf("c", [0]),
    ], { fold });
    await settle();
    engine("a").failed(0);
    engine("a").done(1, 1);
    engine("a").done(2, 2);
    await settle();
    assertEquals([engine("b").running.size, engine("c").halted], [1, undefined]);
    engine("b").done(0, "b");
    engine("c").done(0, "c");
    await over;
    assertEquals(seen, [
      ...["a0 failed", "a1 done", "a2 done", "a3 cancelled"],
      ...["b0 done", "c0 done"],
    ]);
    const ended = events.find((event) => event.kind === "task-ended");
    assertEquals(ended?.folded, { value: 13 });
  },
);

Deno.test(
  "run() halts just the task of which enough has ended, and skips who needs it if a job failed",
  SANITIZED,
  async () => {
    for (const isFailed of [true, false]) {
      const { engine, events, over } = reading([
        halted("a", [0, 1, 2], "soon", ["done", 1], { slots: 1 }),
        taskOf("b", [], { needs: ["a"] }),
      ]);
      await settle();
      if (isFailed) engine("a").failed(0);
      else engine("a").done(0, "done");
      await over;
      assertEquals(kinds(events).slice(-3), [
        "task-ended a",
        isFailed ? "task-skipped b" : "task-ended b",
        "run-ended",
      ]);
    }
  },
);

Deno.test(
  "run() does not take a task for well that was to be halted by more successes than it has",
  SANITIZED,
  async () => {
    const { engine, events, over } = reading([
      halted("a", [0, 1], "soon", ["success", 2]),
      taskOf("b", [0], { needs: ["a"] }),
    ]);
    await settle();
    engine("a").done(0, "done");
    engine("a").failed(1);
    await over;
    assertEquals(kinds(events).at(-2), "task-skipped b");
  },
);

Deno.test("run() that is halted soon by one task is halted now by another", SANITIZED, async () => {
  const { engine, events, seen, over } = reading([
    halted("a", [0, 1], "soon", ["fail", 1]),
    halted("b", [0, 1], "now", ["fail", 1]),
  ]);
  await settle();
  engine("a").failed(0);
  assertEquals([engine("a").halted, engine("b").halted], ["soon", "soon"]);
  engine("b").failed(0);
  await over;
  assertEquals(seen, ["a0 failed", "a1 cancelled", "b0 failed", "b1 cancelled"]);
  assertEquals(kinds(events).filter((kind) => kind.startsWith("task-halted")), [
    "task-halted a",
    "task-halted b",
  ]);
});

Deno.test(
  "run() that is halted now by one task is not halted any less by another",
  SANITIZED,
  async () => {
    const { engine, over } = reading([
      halted("a", [0, 1], "now", ["fail", 1]),
      halted("b", [0, 1], "soon", ["done", 1]),
    ]);
    await settle();
    engine("b").done(0, "done");
    engine("a").failed(0);
    await over;
    assertEquals([engine("a").halted, engine("b").halted], ["now", "now"]);
  },
);

Deno.test(
  "run() takes a task for well that has its successes while another halts it",
  SANITIZED,
  async () => {
    const { engine, events, over } = reading([
      halted("a", [0], "soon", ["fail", 1]),
      halted("b", [0, 1], "soon", ["success", 1], { fold: { run: { module: "", path: [] } } }),
    ]);
    await settle();
    engine("a").failed(0);
    engine("b").failed(0);
    engine("b").done(1, "done");
    await over;
    const ended = events.filter((event) => event.kind === "task-ended");
    assertEquals(ended.map(({ folded }) => folded), [undefined, { value: "done" }]);
  },
);

Deno.test("run() that is halted on its very last job ends like any other", SANITIZED, async () => {
  for (const when of ["soon", "now"] as const) {
    const { engine, seen, over } = reading([
      halted("a", [0, 1], when, ["done", 2]),
      taskOf("b", [0]),
    ]);
    await settle();
    engine("a").done(0, "done");
    engine("a").done(1, "done");
    engine("b").done(0, "done");
    await over;
    assertEquals(seen, ["a0 done", "a1 done", "b0 done"], when);
  }
});

Deno.test(
  "run() that is halted yields of an unordered task what has ended as it ended",
  SANITIZED,
  async () => {
    const task = halted("a", [0, 1, 2, 3], "now", ["fail", 1], { slots: 3, ordered: false });
    const { engine, seen, over } = reading([task]);
    await settle();
    engine("a").done(2, "done");
    engine("a").failed(1);
    await over;
    assertEquals(seen, ["a2 done", "a1 failed", "a0 cancelled", "a3 cancelled"]);
  },
);

Deno.test("run() is halted within a window of one job", SANITIZED, async () => {
  for (const when of ["soon", "now"] as const) {
    const { engine, seen, over } = reading([
      halted("a", [0, 1, 2], when, ["fail", 1], { slots: 1, window: 1 }),
    ]);
    await settle();
    engine("a").done(0, "done");
    await settle();
    engine("a").failed(1);
    await over;
    assertEquals(seen, ["a0 done", "a1 failed"], when);
  }
});

Deno.test(
  "run() that is halted while nobody reads gives all that has ended afterwards",
  SANITIZED,
  async () => {
    const { outcomes, engine } = held([halted("a", [0, 1, 2], "now", ["fail", 1])]);
    const first = outcomes.next();
    await settle();
    engine("a").failed(1);
    const { value } = await first;
    await settle();
    const rest = await Array.fromAsync(outcomes);
    assertEquals([value, ...rest].map((outcome) => outcome?.kind), ["cancelled", "failed"]);
  },
);

Deno.test("run() that is halted is stopped like any other", SANITIZED, async () => {
  const stop = new AbortController();
  const { outcomes, engine } = held([halted("a", [0, 1], "soon", ["fail", 1])], {
    signal: stop.signal,
  });
  await settle();
  const first = outcomes.next();
  await settle();
  engine("a").failed(0);
  await first;
  const next = outcomes.next();
  stop.abort(new Error("enough"));
  await assertRejects(() => next, Error, "enough");
  assertEquals(engine("a").isDisposed, true);
});
