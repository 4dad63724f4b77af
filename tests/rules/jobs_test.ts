import { assertEquals } from "@std/assert";
import { parseSlots } from "../../lib/rules/jobs.ts";

const slots = [
  [4, 8, 4],
  ["4", 8, 4],
  ["+2", 8, 10],
  ["-2", 8, 6],
  ["-8", 8, 1],
  ["+0", 8, 8],
  ["50%", 8, 4],
  ["50%", 3, 1],
  ["1%", 8, 1],
  ["0%", 8, 1],
  ["250%", 2, 5],
] as const;

for (const [wanted, hardware, expected] of slots) {
  Deno.test(`parseSlots() takes ${wanted} of ${hardware} threads for ${expected}`, () => {
    assertEquals(parseSlots(wanted, hardware), expected);
  });
}

Deno.test("parseSlots() refuses what is no number of slots", () => {
  for (
    const wanted of [
      0,
      -1,
      1.5,
      NaN,
      Infinity,
      "0",
      "",
      "1.5",
      "four",
      "5 %",
      "+",
      "1e3",
      "--1",
      1e20,
      "9".repeat(20),
      "+" + "9".repeat(20),
    ]
  ) {
    assertEquals(parseSlots(wanted, 8), undefined, String(wanted));
  }
});
