import { assertEquals, assertThrows } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import type { Session, TaskRecord } from "../../lib/journal/session.ts";
import { FakeOutput } from "../output/fakes.ts";
import { textOf } from "../support/engine_harness.ts";
import { failing, found, jobEnded, jobStarted, KeptRun, known, taskEnded } from "./kept_run.ts";

const TASK = [known("it")];
const BY_INDEX = [known("it", { dependsOnIndex: true })];

/** What is too long for a row. */
const LONG = "x".repeat(1_500_000);

/** Values of the jobs that are found, by index. */
function values(session: Session, inputs: readonly unknown[], task = "it") {
  const jobs = [...found(session, inputs, [], task)];
  return Object.fromEntries(
    jobs.map(([i, { ending }]) => [i, ending.kind === "done" ? ending.value : ending.kind]),
  );
}

/** A run in which the jobs of these inputs have ended, each with its index as its value. */
async function ended(inputs: readonly unknown[], tasks: readonly TaskRecord[] = TASK) {
  const run = new KeptRun();
  await using session = await run.session(tasks);
  for (const { name } of tasks) {
    for (const [i, input] of inputs.entries()) {
      session.onEvent(jobEnded(name, i, input, { value: i }));
    }
  }
  await session.end();
  return run;
}

/** Ends a job that has written this. */
function wrote(session: Session, index: number, text: string, ending = {}): void {
  const output = new FakeOutput();
  session.onEvent(jobStarted("it", index, output));
  output.write("stdout", text);
  session.onEvent(jobEnded("it", index, index, ending));
}

Deno.test("KeptJobs finds a job where it was before it looks elsewhere", async () => {
  using run = await ended(["a", "b", "a"]);
  await using session = await run.session(TASK);
  assertEquals(values(session, ["b", "c", "a", "a", "a"]), { 0: 1, 2: 2, 3: 0 });
});

Deno.test("KeptJobs finds a job that was moved before its old place is read, and once", async () => {
  using run = await ended(["a", "b", "c"]);
  await using session = await run.session(TASK);
  assertEquals(values(session, ["c", "b", "c", "a"]), { 0: 2, 1: 1, 3: 0 });
});

Deno.test("KeptJobs of several tasks at once have places for what was displaced", async () => {
  const tasks = [known("one"), known("two")];
  using run = await ended(["a", "b", "c", "d"], tasks);
  const inputs = ["d", "c", "b", "a"];
  await using session = await run.session(tasks);
  const [one, two] = [session.keptOf("one"), session.keptOf("two")];
  for (const [i, input] of inputs.entries()) {
    for (const kept of [one, two]) assertEquals(kept?.find(i, [input]).size, 1);
  }
  assertEquals(run.jobs.map(({ idx }) => idx), [0, 1, 2, 3, 0, 1, 2, 3]);
});

Deno.test("KeptJobs of a task that depends on positions finds a job in its place only", async () => {
  using run = await ended(["a", "b", "a"], BY_INDEX);
  await using session = await run.session(BY_INDEX);
  assertEquals(values(session, ["b", "b", "c", "a"]), { 1: 1 });
});

Deno.test("KeptJobs mixes nothing that another input has written with what is written there now", async () => {
  using run = new KeptRun();
  {
    await using session = await run.session(BY_INDEX);
    wrote(session, 0, LONG, { input: "other", value: LONG });
    await session.end();
  }
  {
    await using session = await run.session(BY_INDEX);
    assertEquals(found(session, [0]).size, 0);
    const output = new FakeOutput();
    session.onEvent(jobStarted("it", 0, output));
    output.write("stderr", "short");
    session.onEvent(jobEnded("it", 0, 0));
    await session.end();
  }
  await using session = await run.session(BY_INDEX);
  const ending = found(session, [0]).get(0)?.ending;
  assertEquals([await textOf(ending?.output), await textOf(ending?.output, "stderr")], [
    "",
    "short",
  ]);
  assertEquals(ending?.kind === "done" && ending.value, undefined);
});

Deno.test("KeptJobs finds failed jobs, unless they are repeated", async () => {
  using run = new KeptRun();
  {
    await using session = await run.session(TASK);
    session.onEvent(jobEnded("it", 0, "a", { ...failing("no"), attempts: 3 }));
    session.onEvent(jobEnded("it", 1, "b", { ...failing("late"), kind: "timed-out" }));
    session.onEvent(jobEnded("it", 2, "c", { ...failing("gone"), kind: "died", pid: 7 }));
    session.onEvent(jobEnded("it", 3, "d", { attempts: 2 }));
    session.onEvent(jobEnded("it", 4, "e", { value: 5, pid: 8 }));
    await session.end();
  }
  {
    await using session = await run.session(TASK);
    const jobs = found(session, ["a", "b", "c", "d", "e"]);
    assertEquals([...jobs.values()].map(({ ending, attempts }) => [ending.kind, attempts]), [
      ["failed", 3],
      ["timed-out", 1],
      ["died", 1],
      ["done", 2],
      ["done", 1],
    ]);
    const trace = { startedAt: 1000.5, durationMs: 2, slot: 1, output: undefined };
    const error = { name: "Error", message: "gone" };
    assertEquals(jobs.get(2)?.ending, { kind: "died", error, ...trace, pid: 7 });
    assertEquals(jobs.get(4)?.ending, { kind: "done", value: 5, ...trace, pid: 8 });
  }
  await using session = await run.session(TASK, { repeatsFailed: true });
  assertEquals(values(session, ["a", "b", "c", "d"]), { 3: undefined });
});

Deno.test("KeptJobs leaves a failed job to the next session, if this one is cut off as it repeats it", async () => {
  using run = new KeptRun();
  {
    await using session = await run.session(TASK);
    wrote(session, 0, LONG, failing("no"));
    await session.end();
  }
  {
    await using session = await run.session(TASK, { repeatsFailed: true });
    assertEquals(found(session, [0]).size, 0);
    const output = new FakeOutput();
    session.onEvent(jobStarted("it", 0, output));
    output.write("stdout", LONG.slice(1));
    await null;
  }
  await using session = await run.session(TASK);
  assertEquals(found(session, [0]).size, 0);
  assertEquals(run.rows("SELECT job FROM pieces"), []);
});

Deno.test("KeptJobs finds jobs again that had no place in a shorter list", async () => {
  using run = await ended(["a", "b", "c"]);
  {
    await using session = await run.session(TASK);
    assertEquals(values(session, ["a"]), { 0: 0 });
    session.onEvent(taskEnded("it", 1));
    await session.end();
  }
  assertEquals(run.jobs.map(({ idx }) => idx), [0, null, null]);
  assertEquals(run.rows("SELECT count(*) AS count FROM outcomes"), [{ count: 1 }]);
  await using session = await run.session(TASK);
  assertEquals(values(session, ["a", "x", "c", "b"]), { 0: 0, 2: 2, 3: 1 });
  assertEquals(run.jobs.map(({ idx }) => idx), [0, 2, 3]);
});

Deno.test("KeptJobs that cannot move a job changes nothing, and says so as a fault", async () => {
  using run = await ended(["a", "b", "c"]);
  run.change(
    "CREATE TRIGGER no BEFORE UPDATE ON jobs WHEN new.idx = 1 BEGIN " +
      "SELECT RAISE(ABORT, 'no more'); END",
  );
  const before = run.jobs;
  await using session = await run.session(TASK);
  const kept = session.keptOf("it");
  const { kind, message } = assertThrows(() => kept?.find(0, ["c", "a"]), Fault);
  assertEquals([kind, message], [
    "journal",
    `Cannot write to the journal "${run.path}": no more`,
  ]);
  assertEquals(run.jobs, before);
  session.onEvent(jobEnded("it", 3, "d"));
  await session.end();
  assertEquals(run.jobs.length, 4);
});

Deno.test("KeptJobs finds no job whose input cannot be told from others", async () => {
  const shared = new SharedArrayBuffer(4);
  for (const tasks of [TASK, BY_INDEX]) {
    using run = await ended(["a", shared, "b"], tasks);
    await using session = await run.session(tasks);
    assertEquals(values(session, ["a", new SharedArrayBuffer(4), "b"]), { 0: 0, 2: 2 });
    assertEquals(run.jobs.map(({ idx }) => idx), [0, 2]);
  }
});
