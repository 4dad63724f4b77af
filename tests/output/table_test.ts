import { assertEquals } from "@std/assert";
import { tableOf } from "../../lib/output/table.ts";

Deno.test("tableOf() sets cells in columns, and numbers at the right", () => {
  assertEquals(tableOf([["a", "1", "x y"], ["long", "100", ""]], { right: [1] }), [
    "a       1  x y",
    "long  100",
  ]);
  assertEquals(tableOf([]), []);
});

Deno.test("tableOf() keeps cells in their line and their column, whatever is in them", () => {
  assertEquals(tableOf([["a\nb\t\x1b[31m", "|"], ["plain", "|"], ["\u202ex", "|\r\n|"]]), [
    "a\\nb\\t\\x1b[31m  |",
    "plain           |",
    "\\u202ex         |\\x0d\\n|",
  ]);
});

Deno.test("tableOf() knows what takes the room of two letters, or of none", () => {
  const rows = ["日本", "e\u0301tat", "👩\u200d", "한국"].map((cell) => [cell, "|"]);
  assertEquals(tableOf(rows), ["日本  |", "e\u0301tat  |", "👩\u200d    |", "한국  |"]);
});
