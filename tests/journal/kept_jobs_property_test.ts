import type { PriorOutcome } from "../../lib/job.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Session } from "../../lib/journal/session.ts";
import { FakeOutput } from "../output/fakes.ts";
import { textOf } from "../support/engine_harness.ts";
import { failing, found, jobEnded, jobStarted, KeptRun, known, taskEnded } from "./kept_run.ts";

const INPUTS: readonly unknown[] = [
  0,
  1,
  "0",
  null,
  undefined,
  "",
  -0,
  { a: [1] },
  new Map([[1, 2]]),
  "x".repeat(100),
  "y".repeat(70_000),
];

/** A job that has ended, known by how long it took: no two took as long. */
interface Known {
  /** Where in `INPUTS` its input is. */
  readonly input: number;
  readonly isFailed: boolean;
}

/** What becomes of an input in a session, if it is not kept. */
type Then = "done" | "failed" | "under way";

/** One session: its inputs, what becomes of them, and the sizes of the blocks in which they are taken. */
interface Go {
  readonly jobs: readonly (readonly [input: number, then: Then])[];
  readonly sizes: readonly number[];
}

const GO = fc.record({
  jobs: fc.array(
    fc.tuple(
      fc.nat(INPUTS.length - 1),
      fc.constantFrom<Then>("done", "done", "failed", "under way"),
    ),
    { maxLength: 14 },
  ),
  sizes: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 14 }),
});

/** Ends a job whose value, error and output say how long it took; every third has much to say. */
function end(session: Session, index: number, { input, isFailed }: Known, tookMs: number): void {
  const text = textOfJob(tookMs);
  const output = new FakeOutput();
  session.onEvent(jobStarted("it", index, output));
  output.write("stdout", text);
  const ending = isFailed ? failing(text) : { value: text };
  session.onEvent(jobEnded("it", index, INPUTS[input], { ...ending, durationMs: tookMs }));
}

function textOfJob(tookMs: number): string {
  return `${tookMs}${"v".repeat(tookMs % 3 === 0 ? 70_000 : 0)}`;
}

/** How many of these jobs had this input. */
function count(jobs: Iterable<Known>, input: number): number {
  return [...jobs].filter((job) => job.input === input).length;
}

/** Holds that the right jobs were kept, each once, with all that it was. */
async function check(
  { jobs }: Go,
  kept: ReadonlyMap<number, PriorOutcome>,
  before: ReadonlyMap<number, Known>,
  repeatsFailed: boolean,
): Promise<void> {
  const ids = [...kept.values()].map(({ ending }) => ending.durationMs ?? -1);
  assertEquals(new Set(ids).size, kept.size);
  for (const [index, { ending }] of kept) {
    const job = before.get(ending.durationMs ?? -1);
    assertEquals(job?.input, jobs[index]?.[0]);
    assertEquals(job?.isFailed, ending.kind === "failed");
    assert(!(job?.isFailed && repeatsFailed));
    const text = textOfJob(ending.durationMs ?? -1);
    assertEquals(ending.kind === "done" ? ending.value : ending.error?.message, text);
    assertEquals(await textOf(ending.output), text);
  }
  for (const input of INPUTS.keys()) {
    const wanted = jobs.filter(([other]) => other === input).length;
    const most = Math.min(wanted, count(before.values(), input));
    const failed = [...before.values()].filter(({ isFailed }) => isFailed);
    const least = most - (repeatsFailed ? count(failed, input) : 0);
    const found = [...kept.keys()].filter((index) => jobs[index]?.[0] === input).length;
    assert(least <= found && found <= most, `${found} of input ${input}, not ${least} to ${most}`);
  }
}

Deno.test("KeptJobs keeps each job that has ended once, however its inputs were changed, every time", async () => {
  const isKept = async (goes: readonly Go[], repeatsFailed: boolean) => {
    using run = new KeptRun();
    let before = new Map<number, Known>();
    let tookMs = 0;
    for (const go of goes) {
      await using session = await run.session([known("it")], { repeatsFailed });
      const inputs = go.jobs.map(([input]) => INPUTS[input]);
      const kept = found(session, inputs, go.sizes);
      await check(go, kept, before, repeatsFailed);
      const now = new Map(before);
      const placed = new Map([...kept].map(([i, { ending }]) => [i, ending.durationMs ?? -1]));
      for (const [index, [input, then]] of go.jobs.entries()) {
        if (kept.has(index) || then === "under way") continue;
        const job = { input, isFailed: then === "failed" };
        end(session, index, job, ++tookMs);
        now.set(tookMs, job);
        placed.set(index, tookMs);
      }
      session.onEvent(taskEnded("it", inputs.length));
      await session.end();
      const rows = run.rows<{ id: number; idx: number | null; tookMs: number }>(
        "SELECT id, idx, duration_ms AS tookMs FROM jobs ORDER BY id",
      );
      assertEquals(
        rows.flatMap(({ idx, tookMs }) => idx === null ? [] : [[idx, tookMs]]),
        [...placed].sort(([a], [b]) => a - b),
      );
      for (const { id, idx } of rows) assert(idx === null || id === 2 ** 40 + idx);
      before = new Map(rows.map(({ tookMs }) => [tookMs, now.get(tookMs) as Known]));
      for (const [id, { isFailed }] of now) {
        assert(before.has(id) || (isFailed && repeatsFailed), `job ${id} is lost`);
      }
      const [pieces] = run.rows<{ count: number }>(
        "SELECT count(*) AS count FROM pieces WHERE job NOT IN (SELECT id FROM jobs WHERE large)",
      );
      assertEquals(pieces?.count, 0);
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.array(GO, { minLength: 2, maxLength: 4 }), fc.boolean(), isKept),
    { numRuns: 120 },
  );
});
