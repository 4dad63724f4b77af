import { assertEquals } from "@std/assert";
import { journalPath } from "../../lib/journal/runs_folder.ts";
import { durationsBefore, timeIn, timesBefore } from "../../lib/journal/times_before.ts";
import type { Outcome } from "../../lib/job.ts";
import { Folder } from "../support/folder.ts";
import { ended, record, write } from "./journals.ts";

/** Keeps runs in a folder, the first at first, and tells what is known of the inputs of tasks `a` and `b`. */
async function knownOf(folder: Folder, ...runs: readonly (readonly Outcome[])[]) {
  for (const [i, outcomes] of runs.entries()) {
    const path = journalPath(folder.path, `2026-${i}`);
    await write(path, [record("a"), record("b")], outcomes, "ended");
  }
  return await timesOf(folder.path);
}

async function timesOf(folder: string, isSame: (origin: string) => boolean = () => true) {
  const known = await timesBefore(folder, ["a", "b"], isSame);
  return Object.fromEntries([...known].map(([name, times]) => [name, Object.fromEntries(times)]));
}

Deno.test("timesBefore() has the time of each input in the latest run that is done with it", async () => {
  using folder = new Folder();
  const known = await knownOf(
    folder,
    [ended("a", 0, "x", { durationMs: 1 }), ended("a", 1, "y", { durationMs: 2 })],
    [
      ended("a", 0, "x", { durationMs: 9, kind: "failed" }),
      ended("a", 1, "y", { durationMs: 30 }),
      ended("b", 0, "y", { durationMs: 4 }),
    ],
  );
  assertEquals(known, { a: { '"x"': 1, '"y"': 30 }, b: { '"y"': 4 } });
});

Deno.test("timesBefore() has the longest time of an input that comes several times", async () => {
  using folder = new Folder();
  const twice = [5, 7, 6].map((durationMs, i) => ended("a", i, "x", { durationMs }));
  assertEquals(await knownOf(folder, twice), { a: { '"x"': 7 } });
});

Deno.test("timesBefore() looks at the latest five runs that are done with some of a task", async () => {
  using folder = new Folder();
  const known = await knownOf(
    folder,
    [ended("a", 0, 0)],
    [ended("b", 0, 1)],
    ...[2, 3, 4, 5, 6].map((input) => [ended("a", 0, input)]),
    [ended("a", 0, 7, { kind: "failed" })],
  );
  assertEquals(known, { a: { 2: 1, 3: 1, 4: 1, 5: 1, 6: 1 }, b: { 1: 1 } });
});

Deno.test("timesBefore() leaves out runs of something else", async () => {
  using folder = new Folder();
  await knownOf(folder, [ended("a", 0, 0)]);
  const origins: string[] = [];
  const isSame = (origin: string) => origins.push(origin) === 0;
  assertEquals(await timesOf(folder.path, isSame), {});
  assertEquals(origins, ['["run","/a.yaml"]']);
});

Deno.test("timesBefore() passes over what is no journal, is damaged, or is not there", async () => {
  using folder = new Folder();
  assertEquals(await timesOf(folder.at("none")), {});
  await knownOf(folder, [ended("a", 0, "x")], [ended("a", 0, "x", { durationMs: 50 })]);
  const bytes = Deno.readFileSync(journalPath(folder.path, "2026-1"));
  Deno.writeFileSync(journalPath(folder.path, "2026-1"), bytes.fill(0, 100));
  Deno.writeTextFileSync(journalPath(folder.path, "2026-2"), "no journal");
  Deno.writeTextFileSync(journalPath(folder.path, "2026-3"), "");
  assertEquals(await timesOf(folder.path), { a: { '"x"': 1 } });
  Deno.writeTextFileSync(folder.at("file"), "");
  assertEquals(await timesOf(folder.at("file")), {});
});

Deno.test("timesBefore() reads a run that is under way", async () => {
  using folder = new Folder();
  const path = journalPath(folder.path, "2026-0");
  await write(path, [record("a")], [ended("a", 0, "x")]);
  using _lock = new (await import("../../lib/journal/runs_folder.ts")).RunLock(path);
  assertEquals(await timesOf(folder.path), { a: { '"x"': 1 } });
});

Deno.test("timeIn() knows inputs again that are long, or no JSON", async () => {
  using folder = new Folder();
  const inputs = ["x".repeat(1000), new Map([[1, 2]]), undefined, { a: [1] }, "new"];
  const outcomes = inputs.slice(0, -1).map((input, i) => ended("a", i, input, { durationMs: i }));
  await knownOf(folder, outcomes);
  const times = (await timesBefore(folder.path, ["a"], () => true)).get("a")!;
  const again = structuredClone(inputs);
  assertEquals(again.map((input, i) => timeIn(times)(input, i + 5)), [0, 1, 2, 3, undefined]);
});

Deno.test("durationsBefore() has those of the latest run before this one that is done with some", async () => {
  using folder = new Folder();
  const many = Array.from({ length: 1500 }, (_, i) => ended("b", i, i, { durationMs: i }));
  await knownOf(
    folder,
    [ended("a", 0, 0, { durationMs: 1 }), ...many],
    [ended("a", 0, 0, { durationMs: 2 }), ended("a", 1, 1, { durationMs: 3 })],
    [ended("a", 0, 0, { durationMs: 4, kind: "failed" })],
    [ended("a", 0, 0, { durationMs: 5 })],
  );
  const of = async (until?: string) =>
    await durationsBefore(folder.path, ["a", "b"], () => true, until);
  const known = await of("2026-3");
  assertEquals(known.get("a"), [2, 3]);
  assertEquals(known.get("b"), Array.from({ length: 1000 }, (_, i) => i));
  assertEquals((await of()).get("a"), [5]);
  assertEquals((await of("2026-0")).size, 0);
  assertEquals((await durationsBefore(folder.path, ["a"], () => false)).size, 0);
});
