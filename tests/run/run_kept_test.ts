import { assertEquals, assertRejects } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import type { Ending, PriorOutcome, PriorOutcomes, Task } from "../../lib/job.ts";
import { settle } from "../support/gate.ts";
import { halted, taskOf } from "../support/held_engine.ts";
import { held, type HeldOptions, readAll } from "../support/held_run.ts";
import { SANITIZED } from "../support/sanitized.ts";

const TRACE = { startedAt: 0, durationMs: 0, slot: 1 };

/** What has ended before, by index: `d` done, `f` failed, anything else not. */
function before(ends: string): PriorOutcomes {
  const job = (end: string, index: number): PriorOutcome => {
    const ending: Ending = end === "d"
      ? { kind: "done", value: `kept ${index}`, ...TRACE }
      : { kind: "failed", error: { name: "Error", message: "kept" }, ...TRACE };
    return { ending, attempts: 2 };
  };
  let next = 0;
  return {
    find: (first, inputs) => {
      assertEquals(first, next, "asked once for each index, in their order");
      next += inputs.length;
      const ended = inputs.keys().filter((i) => "df".includes(ends[first + i] ?? "-"));
      return new Map(ended.map((i) => [i, job(ends[first + i] as string, first + i)]));
    },
  };
}

/** A run that is read as it goes, of as many inputs as there are ends. */
function resumed(task: Task, ends: string, options: HeldOptions = {}) {
  const run = held([task], { kept: before(ends), ...options });
  const seen: string[] = [];
  return { ...run, seen, over: readAll(run.outcomes, seen) };
}

function inputs(ends: string): number[] {
  return [...ends].map((_, index) => index);
}

function indexesOf(events: readonly RunEvent[], kind: "job-kept" | "job-ended"): number[] {
  return events.flatMap((event) => event.kind === kind ? [event.outcome.index] : []);
}

/** Ends whatever runs, until nothing does. */
async function endAll(run: ReturnType<typeof resumed>): Promise<number[]> {
  const ran: number[] = [];
  for (;;) {
    await settle();
    const [index] = run.engines.get("a")?.running.keys() ?? [];
    if (index === undefined) return ran;
    ran.push(index);
    run.engine("a").done(index, `new ${index}`);
  }
}

for (const ordered of [true, false]) {
  for (const ends of ["dddddd", "------", "d-d-d-", "-dd--d", "f---dd", "-----d", ""]) {
    for (const window of [1, 2, undefined]) {
      const how = `${ordered ? "in order" : "as they end"}, "${ends}", window ${window}`;
      Deno.test(`run() takes over jobs in their places: ${how}`, SANITIZED, async () => {
        const slots = window === 1 ? 1 : 2;
        const run = resumed(taskOf("a", inputs(ends), { ordered, window, slots }), ends);
        const ran = await endAll(run);
        await run.over;
        const missing = inputs(ends).filter((index) => ends[index] === "-");
        assertEquals(ran.sort(), missing);
        const wanted = inputs(ends).map((i) => `a${i} ${ends[i] === "f" ? "failed" : "done"}`);
        assertEquals(ordered ? run.seen : run.seen.sort(), wanted);
        assertEquals(indexesOf(run.events, "job-kept").length, ends.length - missing.length);
        assertEquals(indexesOf(run.events, "job-ended").sort(), missing);
        const end = run.events.find((event) => event.kind === "task-ended");
        assertEquals(end?.counts.failed, ends.startsWith("f") ? 1 : 0);
      });
    }
  }
}

Deno.test(
  "run() folds the values of kept jobs with the others, in input order",
  SANITIZED,
  async () => {
    const fold = { run: { module: "file:///none.ts", path: ["join"] }, initial: { value: "" } };
    const task = taskOf("a", [0, 1, 2], { fold });
    const run = resumed(task, "d-d", { fold: (soFar, value) => `${soFar}${value} ` });
    await endAll(run);
    await run.over;
    const end = run.events.find((event) => event.kind === "task-ended");
    assertEquals(end?.folded, { value: "kept 0 new 1 kept 2 " });
  },
);

Deno.test("run() skips for a kept failure the tasks that need its task", SANITIZED, async () => {
  const tasks = [taskOf("a", [0, 1]), taskOf("b", [0], { needs: ["a"] })];
  const { outcomes, engines, events } = held(tasks, { kept: before("fd") });
  await readAll(outcomes, []);
  assertEquals([...engines.keys()], ["a"]);
  assertEquals(events.some(({ kind }) => kind === "task-skipped"), true);
});

Deno.test(
  "run() does not try a kept failure again, and tells how often it was tried",
  SANITIZED,
  async () => {
    const retries = { times: 3, backoffMs: 0, factor: 1, maxMs: 0 };
    const task = taskOf("a", [0, 1], { retries: retries as Task["retries"] });
    const run = resumed(task, "fd");
    assertEquals(await endAll(run), []);
    await run.over;
    assertEquals(run.seen, ["a0 failed", "a1 done"]);
    const kept = run.events.flatMap((event) => event.kind === "job-kept" ? [event.outcome] : []);
    assertEquals(kept.map(({ attempts }) => attempts), [2, 2]);
  },
);

for (const when of ["soon", "now"] as const) {
  Deno.test(
    `run() is halted ${when} by kept failures, and by as many as are enough`,
    SANITIZED,
    async () => {
      const task = halted("a", inputs("f-f------"), when, ["fail", 2], { slots: 1 });
      const run = resumed(task, "f-f------");
      await settle();
      assertEquals(run.engine("a").halted, when);
      if (when === "soon") run.engine("a").done(1, "late");
      await run.over;
      const middle = when === "soon" ? "a1 done" : "a1 cancelled";
      assertEquals(run.seen.slice(0, 3), ["a0 failed", middle, "a2 failed"]);
      assertEquals(run.seen.slice(3).every((seen) => seen.endsWith("cancelled")), true);
      assertEquals(run.events.filter(({ kind }) => kind === "task-halted").length, 1);
      const one = resumed(halted("a", [0, 1], when, ["fail", 2]), "f-");
      assertEquals(await endAll(one), [1]);
      await one.over;
      assertEquals(one.seen, ["a0 failed", "a1 done"]);
    },
  );
}

Deno.test(
  "run() is halted by kept successes, and cancels the jobs between those that are kept",
  SANITIZED,
  async () => {
    const run = resumed(halted("a", inputs("-d-d-"), "now", ["success", 2], { slots: 1 }), "-d-d-");
    await run.over;
    assertEquals(run.seen, ["a0 cancelled", "a1 done", "a2 cancelled", "a3 done", "a4 cancelled"]);
  },
);

Deno.test("run() counts no kept job as a start, where starts have a delay", SANITIZED, async () => {
  const run = resumed(taskOf("a", inputs("ddddd-"), { delayMs: 3_600_000 }), "ddddd-");
  assertEquals(await endAll(run), [5]);
  await run.over;
  const all = resumed(taskOf("a", inputs("-dddd"), { delayMs: 3_600_000 }), "-dddd");
  assertEquals(await endAll(all), [0]);
  await all.over;
  assertEquals(all.seen.length, 5);
});

for (const block of [1, 2]) {
  Deno.test(`run() fails when it cannot be known what has ended, at block ${block}, and starts no job then`, async () => {
    let asked = 0;
    const kept: PriorOutcomes = {
      find: () => {
        if (++asked === block) throw new Error("damaged");
        return new Map();
      },
    };
    const task = taskOf("a", [1, 2, 3, 4], { window: 2, slots: 1 });
    const run = held([task], { kept });
    const reading = readAll(run.outcomes, []);
    await settle();
    if (block === 2) run.engine("a").done(0, 1);
    await assertRejects(() => reading, Error, "damaged");
    assertEquals([asked, [...run.engine("a").running.keys()]], [block, []]);
  });
}
