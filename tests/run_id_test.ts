import { assertEquals, assertMatch } from "@std/assert";
import { isRunId, isRunName, newRunId } from "../lib/run_id.ts";

const NOW = Date.UTC(2026, 0, 31, 23, 59, 59, 999);

Deno.test("newRunId() tells the second in which a run begins", () => {
  assertMatch(newRunId(undefined, NOW), /^20260131-235959-[0-9a-f]{6}$/);
  assertMatch(newRunId("20260131-235958-ffffff", NOW), /^20260131-235959-/);
});

Deno.test("newRunId() sorts behind the latest run, in one second and where the clock went back", () => {
  for (const hours of [0, 1, 24 * 365]) {
    const ids = ["20260131-235959-fff000"];
    for (let i = 0; i < 1000; i++) ids.push(newRunId(ids.at(-1), NOW - hours * 3_600_000));
    assertEquals(ids, [...ids].sort());
    assertEquals([new Set(ids).size, ids.every(isRunId)], [1001, true]);
  }
});

Deno.test("newRunId() goes by the clock behind what is no id, or the last there can be", () => {
  for (const latest of ["mine", "20261399-000000-aaaaaa", "99991231-235959-ffffff"]) {
    assertMatch(newRunId(latest, NOW), /^20260131-235959-/);
  }
});

Deno.test("isRunName() knows an id, each start of one from its day on, and last", () => {
  const id = newRunId(undefined, NOW);
  const starts = Array.from({ length: id.length + 1 }, (_, length) => id.slice(0, length));
  assertEquals(starts.filter(isRunName), starts.slice("20260131".length));
  assertEquals(["last", "lastly", `${id}0`, "echo", "20260131x"].filter(isRunName), ["last"]);
});
