import { assertEquals } from "@std/assert";
import { JobMap } from "../lib/job_map.ts";

Deno.test("JobMap tells jobs apart by task and index, and knows them until they are taken", () => {
  const map = new JobMap<string>();
  const first = { task: "a", index: 1 };
  const other = { task: "1 a", index: 1 };
  assertEquals([map.get(first), map.take(first), map.size], [undefined, undefined, 0]);
  map.set(first, "x");
  map.set(other, "y");
  map.set({ task: "a", index: 11 }, "z");
  map.set({ ...first }, "x again");
  assertEquals([map.get(first), map.size, map.values()], ["x again", 3, ["x again", "y", "z"]]);
  assertEquals([map.take(other), map.take(other), map.size], ["y", undefined, 2]);
});
