import { assertEquals } from "@std/assert";
import { RandomTable } from "../../lib/progress/pseudo_random.ts";

Deno.test("RandomTable reckons each number once, when it is asked for, and begins a stream anew behind its last", () => {
  const calls: (readonly [number, number])[] = [];
  const table = new RandomTable(3, 7, (seed, index) => {
    calls.push([seed, index]);
    return index;
  });
  assertEquals(calls, []);
  assertEquals([table.at(1, 0), table.at(1, 2), table.at(1, 5), table.at(2, 0)], [3, 5, 5, 6]);
  assertEquals(calls, [[7, 3], [7, 5], [7, 6]]);
});
