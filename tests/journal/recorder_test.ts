import { assertEquals } from "@std/assert";
import { FakeOutput } from "../output/fakes.ts";
import { bytesOf, textOf } from "../support/engine_harness.ts";
import { failing, found, jobEnded, jobStarted, KeptRun, known } from "./kept_run.ts";

const TASK = [known("it")];
const MIB = 2 ** 20;

/** Bytes that are not text, and tell where they are. */
function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) % 256);
}

Deno.test("Recorder keeps what a job has written, in whatever pieces and however much", async () => {
  const cases: readonly (readonly number[])[] = [
    [],
    [1],
    [65_536],
    [65_537],
    [65_536, 1],
    [40_000, 40_000, 5],
    [MIB],
    [MIB + 1],
    [5 * MIB + 3],
    [3 * MIB, 10, 3 * MIB, 65_537, 7],
  ];
  using run = new KeptRun();
  const data = bytes(7 * MIB);
  {
    await using session = await run.session(TASK);
    for (const [index, lengths] of cases.entries()) {
      const output = new FakeOutput();
      session.onEvent(jobStarted("it", index, output));
      let at = 0;
      for (const length of lengths) {
        output.write("stdout", data.subarray(at, at += length));
        output.write("stderr", "x");
        await null;
      }
      session.onEvent(jobEnded("it", index, index));
    }
    await session.end();
  }
  await using session = await run.session(TASK);
  const jobs = found(session, [...cases.keys()]);
  for (const [index, lengths] of cases.entries()) {
    const output = jobs.get(index)?.ending.output;
    const length = lengths.reduce((sum, length) => sum + length, 0);
    for (let time = 0; time < 2; time++) {
      const read = await bytesOf(output);
      assertEquals([read.length, read.every((byte, i) => byte === data[i])], [length, true]);
      assertEquals(await textOf(output, "stderr"), "x".repeat(lengths.length));
      output?.drop();
    }
    const tapped = { stdout: 0, stderr: 0 };
    output?.tap((stream, { length }) => tapped[stream] += length);
    assertEquals(tapped, { stdout: length, stderr: lengths.length });
  }
  assertEquals(run.rows("SELECT 1 FROM pieces WHERE length(bytes) > 1048576"), []);
});

Deno.test("Recorder keeps values, inputs and errors of any length", async () => {
  using run = new KeptRun();
  const long = `é\u0000"${"x".repeat(3 * MIB)}`;
  const map = new Map([[long, bytes(2 * MIB)]]);
  const error = {
    name: "E",
    message: long,
    stack: "at",
    cause: { name: "Thrown", message: "" },
    errors: [{ name: "", message: "\ud800" }],
    fields: { code: -0, when: new Date(5), none: undefined },
  };
  {
    await using session = await run.session(TASK);
    session.onEvent(jobEnded("it", 0, long, { value: long }));
    session.onEvent(jobEnded("it", 1, map, { value: map }));
    session.onEvent(jobEnded("it", 2, undefined, { ...failing(""), error }));
    await session.end();
  }
  await using session = await run.session(TASK);
  const endings = [...found(session, [long, map, undefined]).values()].map(({ ending }) => ending);
  assertEquals(endings[0]?.kind === "done" && endings[0].value === long, true);
  assertEquals(endings[1]?.kind === "done" && endings[1].value, map);
  assertEquals(endings[2]?.kind === "failed" && endings[2].error, error);
});

Deno.test("Recorder writes in one transaction what is told at once, and a moment later", async () => {
  using run = new KeptRun();
  await using session = await run.session(TASK);
  for (let index = 0; index < 120; index++) session.onEvent(jobEnded("it", index, index));
  assertEquals(run.jobs.length, 0);
  await null;
  assertEquals(run.jobs.length, 120);
});

Deno.test("Recorder has written what ended together before anything else can start", async () => {
  using run = new KeptRun();
  await using session = await run.session(TASK);
  for (const index of [0, 1]) session.onEvent(jobEnded("it", index, index));
  session.onEvent({ kind: "jobs-told" });
  assertEquals(run.jobs.length, 2);
});

Deno.test("Recorder keeps nothing of an attempt that is repeated, and of a job that was cancelled what it wrote, until the next session", async () => {
  using run = new KeptRun();
  {
    await using session = await run.session(TASK);
    for (const index of [0, 1]) {
      const output = new FakeOutput();
      session.onEvent(jobStarted("it", index, output));
      output.write("stdout", bytes(3 * MIB));
      await null;
    }
    const error = { name: "Error", message: "no" };
    const ending = { kind: "failed", error, startedAt: 0, durationMs: 0, slot: 1 } as const;
    session.onEvent({
      kind: "job-retried",
      task: "it",
      index: 0,
      input: 0,
      attempt: 1,
      ending,
      waitMs: 0,
    });
    const output = new FakeOutput();
    session.onEvent(jobStarted("it", 0, output));
    output.write("stdout", bytes(MIB));
    session.onEvent(jobEnded("it", 0, 0, { attempts: 2 }));
    session.onEvent(jobEnded("it", 1, 1, { kind: "cancelled", error }));
    await session.end();
  }
  const pieces = () =>
    run.rows(
      "SELECT job % 1099511627776 AS idx, what, count(*) AS count FROM pieces GROUP BY 1, 2",
    );
  assertEquals(pieces(), [
    { idx: 0, what: "stdout", count: 1 },
    { idx: 1, what: "cancelled:text", count: 1 },
    { idx: 1, what: "input:text", count: 1 },
    { idx: 1, what: "stdout", count: 3 },
  ]);
  assertEquals(run.jobs.length, 1);
  await using session = await run.session(TASK);
  assertEquals(pieces(), [{ idx: 0, what: "stdout", count: 1 }]);
  const jobs = found(session, [0, 1]);
  assertEquals([...jobs.keys()], [0]);
  assertEquals((await bytesOf(jobs.get(0)?.ending.output)).length, MIB);
});

Deno.test("Recorder passes over what cannot be kept, which is done again", async () => {
  using run = new KeptRun();
  {
    await using session = await run.session(TASK);
    const output = new FakeOutput();
    session.onEvent(jobStarted("it", 0, output));
    output.write("stdout", bytes(MIB));
    session.onEvent(jobEnded("it", 0, 0, { value: new SharedArrayBuffer(8) }));
    session.onEvent(jobEnded("it", 1, () => {}, failing("not cloned")));
    await session.end();
  }
  assertEquals(run.rows("SELECT 1 FROM pieces"), []);
  assertEquals(run.jobs.map(({ idx, kind }) => [idx, kind]), [[1, "failed"]]);
});

Deno.test("Recorder tells of the first write that fails, and writes nothing any more", async () => {
  using run = new KeptRun();
  await using session = await run.session(TASK);
  session.onEvent(jobEnded("it", 0, 0));
  await null;
  run.change(
    "CREATE TRIGGER no BEFORE INSERT ON jobs WHEN new.idx = 2 BEGIN " +
      "SELECT RAISE(ABORT, 'database or disk is full'); END",
  );
  session.onEvent(jobEnded("it", 1, 1));
  session.onEvent(jobEnded("it", 2, 2));
  await null;
  session.onEvent(jobEnded("it", 3, 3));
  await session.end();
  assertEquals(run.jobs.map(({ idx }) => idx), [0]);
  assertEquals(run.faults.map(String), [
    `Fault: Cannot write to the journal "${run.path}": database or disk is full`,
  ]);
  assertEquals(run.rows("SELECT how, ended_at FROM sessions"), [{ how: null, ended_at: null }]);
});
