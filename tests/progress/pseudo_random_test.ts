import { assertEquals } from "@std/assert";
import { DRAWS, RandomTable } from "../../lib/progress/pseudo_random.ts";

Deno.test("RandomTable reckons nothing before it is asked, and then all of it once", () => {
  const calls: (readonly [number, number])[] = [];
  const table = new RandomTable(3, 7, (seed, index) => {
    calls.push([seed, index]);
    return index;
  });
  assertEquals(calls, []);
  assertEquals([table.at(0, 0), table.at(1, 2), table.at(1, 5), table.at(2, 0)], [0, 5, 5, 6]);
  assertEquals([calls.length, calls[0]], [DRAWS * 3, [7, 0]]);
});
