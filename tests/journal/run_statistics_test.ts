import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { PLACES } from "../../lib/journal/tables.ts";
import { runStatistics } from "../../lib/journal/run_statistics.ts";
import { Folder } from "../support/folder.ts";
import { ended, kept, record } from "./journals.ts";

Deno.test("runStatistics() counts the jobs of each task, and names the first that did not end well", async () => {
  using folder = new Folder();
  using run = await kept(folder.at("r.db"), [record("a"), record("b"), record("none")], [
    ended("b", 1, 1, { kind: "failed", durationMs: 50 }),
    ended("b", 0, 1, { kind: "failed", durationMs: 5 }),
    ended("a", 0, 1, { durationMs: 4 }),
    ended("a", 1, 1, { durationMs: 1 }),
    ended("a", 2, 1, { durationMs: 9 }),
  ]);
  assertEquals(runStatistics(run, { slowest: 2 }), {
    tasks: [
      { task: "a", counts: { done: 3 }, jobs: 3, totalMs: 14, medianMs: 4 },
      { task: "b", counts: { failed: 2 }, jobs: 2, totalMs: 55, medianMs: 5 },
      { task: "none", counts: {}, jobs: 0, totalMs: 0, medianMs: undefined },
    ],
    slowest: [
      { id: 2 * PLACES + 1, task: "b", durationMs: 50 },
      { id: PLACES + 2, task: "a", durationMs: 9 },
    ],
    firstFailed: { id: 2 * PLACES, task: "b" },
  });
  const failed = runStatistics(run, { slowest: 5, onlyFailed: true });
  assertEquals(failed.slowest.map(({ durationMs }) => durationMs), [50, 5]);
});

Deno.test("runStatistics() finds the slowest jobs that a sort finds, and the median", async () => {
  const times = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(times, fc.integer({ min: 1, max: 5 }), async (ms, count) => {
      using folder = new Folder();
      const jobs = ms.map((durationMs, i) => ended("a", i, i, { durationMs }));
      using run = await kept(folder.at("r.db"), [record("a")], jobs);
      const { slowest, tasks } = runStatistics(run, { slowest: count });
      const sorted = ms.map((durationMs, i) => ({ id: PLACES + i, task: "a", durationMs }))
        .sort((a, b) => b.durationMs - a.durationMs);
      assertEquals(slowest, sorted.slice(0, count));
      assertEquals(tasks[0]?.medianMs, sorted[Math.floor(ms.length / 2)]?.durationMs);
    }),
    { numRuns: 20 },
  );
});

Deno.test("runStatistics() counts every job of many", async () => {
  using folder = new Folder();
  const jobs = Array.from({ length: 20_001 }, (_, i) => ended("a", i, i));
  using run = await kept(folder.at("r.db"), [record("a")], jobs);
  assertEquals(runStatistics(run, { slowest: 1 }).tasks[0]?.counts, { done: 20_001 });
});
