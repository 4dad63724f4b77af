import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Ending, Outcome } from "../../lib/job.ts";
import { LastLines } from "../../lib/observers/last_lines.ts";
import { done, FakeOutput, functions, jobStarted, notDone } from "../output/fakes.ts";

const task = functions("parse");

function byIndex(): LastLines {
  return new LastLines((a, b) => a.index - b.index);
}

/** Starts a job, which writes these pieces to stderr. */
function start(lines: LastLines, index: number, ...pieces: (string | Uint8Array)[]): FakeOutput {
  const output = new FakeOutput();
  lines.onEvent(jobStarted(task, index, output));
  for (const piece of pieces) output.write("stderr", piece);
  return output;
}

function end(lines: LastLines, outcome: Outcome): void {
  lines.onEvent({ kind: "job-ended", outcome });
}

/** The lines of a job that wrote these pieces and failed. */
function linesOf(...pieces: (string | Uint8Array)[]): readonly string[] {
  const lines = byIndex();
  start(lines, 0, ...pieces);
  end(lines, notDone(task, 0));
  return lines.of(notDone(task, 0));
}

Deno.test("LastLines has the last five lines that are not blank, of stderr only", () => {
  const lines = byIndex();
  start(lines, 0, "1\n2\n3\n", "4\n\n  \n5\n6\r\n").write("stdout", "out\n");
  end(lines, notDone(task, 0));
  assertEquals(lines.of(notDone(task, 0)), ["2", "3", "4", "5", "6"]);
  assertEquals(linesOf(), []);
  assertEquals(linesOf("no line end"), ["no line end"]);
});

Deno.test("LastLines has the same lines however they came in pieces", () => {
  const lengths = fc.array(fc.nat(390), { minLength: 1, maxLength: 30 });
  const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 3000 }));
  fc.assert(fc.property(lengths, sizes, (lengths, sizes) => {
    const text = lengths.map((length, i) => `${i}${"é".repeat(length)}\n`).join("");
    const bytes = new TextEncoder().encode(text);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = sizes.next().value ?? 1;
      pieces.push(bytes.subarray(at, at += size));
    }
    assertEquals(linesOf(...pieces), linesOf(bytes));
    assertEquals(linesOf(bytes).at(-1), text.trimEnd().split("\n").at(-1)?.slice(0, 400));
  }));
});

Deno.test("LastLines holds nothing of jobs that are done", () => {
  const lines = byIndex();
  const bytes = new Uint8Array(4096);
  const before = Deno.memoryUsage().rss;
  for (let index = 0; index < 200_000; index++) {
    start(lines, index, bytes);
    end(lines, done(task, index));
  }
  const grownMb = (Deno.memoryUsage().rss - before) / 2 ** 20;
  assert(grownMb < 400, `${grownMb} MiB more, of 800 that were written`);
});

Deno.test("LastLines cuts off the start of what is held between characters, and says so", () => {
  assertEquals(linesOf(`a${"é".repeat(2100)}\nlast`)[0]?.slice(0, 2), "…é");
  const [first, last] = linesOf("x".repeat(1_000_000), `\n${"y".repeat(300)}`);
  assertEquals([first?.slice(0, 2), first?.length, last], ["…x", 400, "y".repeat(300)]);
});

Deno.test("LastLines shows what a progress bar left, and no colours", () => {
  assertEquals(linesOf("10%\r20%\r30%\ndone\r\n50%\r"), ["30%", "done", "50%"]);
  assertEquals(linesOf("\x1b[31merror\x1b[0m:\tbell\x07\n"), ["error:\tbell\\x07"]);
});

Deno.test("LastLines shows of a stack the message and the first frame", () => {
  const frames = Array.from({ length: 10 }, (_, i) => `    at f${i} (file:///t.ts:${i}:1)\n`);
  assertEquals(linesOf("Error: a\n", ...frames, "Caused by: b\n", ...frames), [
    "Error: a",
    "    at f0 (file:///t.ts:0:1)",
    "Caused by: b",
    "    at f0 (file:///t.ts:0:1)",
  ]);
});

Deno.test("LastLines keeps those of the first cause, in whatever order jobs end", () => {
  const lines = byIndex();
  for (const index of [0, 1, 2, 3]) start(lines, index, `${index}`);
  end(lines, notDone(task, 2));
  end(lines, notDone(task, 1));
  end(lines, done(task, 0));
  end(lines, notDone(task, 3));
  assertEquals([0, 1, 2, 3].map((index) => lines.of(notDone(task, index))), [[], ["1"], [], []]);
});

Deno.test("LastLines takes a first cause that has printed nothing before one that has", () => {
  const lines = byIndex();
  start(lines, 1, "1");
  end(lines, notDone(task, 1));
  end(lines, notDone(task, 0));
  assertEquals([0, 1].map((index) => lines.of(notDone(task, index))), [[], []]);
});

Deno.test("LastLines does not listen to jobs behind the first cause", () => {
  const lines = byIndex();
  end(lines, notDone(task, 5));
  const tapped: number[] = [];
  for (const index of [4, 6]) {
    const output = new FakeOutput();
    output.tap = () => void tapped.push(index);
    lines.onEvent(jobStarted(task, index, output));
  }
  assertEquals(tapped, [4]);
});

Deno.test("LastLines forgets an attempt when the job is tried again", () => {
  const retried = (lines: LastLines) => {
    start(lines, 0, "first");
    const ending = notDone(task, 0) as Ending;
    const job = { task: task.name, index: 0, input: 0, attempt: 1, waitMs: 0 };
    lines.onEvent({ kind: "job-retried", ...job, ending });
    return lines;
  };
  const silent = retried(byIndex());
  end(silent, notDone(task, 0));
  assertEquals(silent.of(notDone(task, 0)), []);
  const loud = retried(byIndex());
  start(loud, 0, "second");
  end(loud, notDone(task, 0));
  assertEquals(loud.of(notDone(task, 0)), ["second"]);
});
