import { assertEquals } from "@std/assert";
import { eachOf } from "../../lib/engines/consecutive_jobs.ts";

const TRACE = { slot: 2, pid: 7, output: undefined };

Deno.test("eachOf() gives jobs that are done one by one, with the times of each", () => {
  const times = new Float64Array([100, 1, 101, 2, 103, 4]);
  const done = { values: new Float64Array([5, 6, 7]), times, slot: 2, pid: 7 };
  assertEquals(done.values.length, 3);
  assertEquals(eachOf(done), [
    { kind: "done", value: 5, startedAt: 100, durationMs: 1, ...TRACE },
    { kind: "done", value: 6, startedAt: 101, durationMs: 2, ...TRACE },
    { kind: "done", value: 7, startedAt: 103, durationMs: 4, ...TRACE },
  ]);
});

Deno.test("eachOf() gives the start of all and the average where only the times of all were told", () => {
  const done = { values: ["a", "b"], times: new Float64Array([100, 3]), slot: 2, pid: 7 };
  assertEquals(eachOf(done), [
    { kind: "done", value: "a", startedAt: 100, durationMs: 1.5, ...TRACE },
    { kind: "done", value: "b", startedAt: 100, durationMs: 1.5, ...TRACE },
  ]);
});

Deno.test("eachOf() gives endings that are one by one as they are", () => {
  const endings = eachOf({ values: [], times: new Float64Array(), slot: 1, pid: undefined });
  assertEquals(eachOf(endings) === endings, true);
});
