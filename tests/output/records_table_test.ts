import { assertEquals } from "@std/assert";
import { tableLines } from "../../lib/output/records.ts";

Deno.test("tableLines() sets cells in columns, and numbers at the right", () => {
  assertEquals(tableLines([["a", "1", "x y"], ["long", "100", ""]], { right: [1] }), [
    "a       1  x y",
    "long  100",
  ]);
  assertEquals(tableLines([]), []);
});

Deno.test("tableLines() keeps cells in their line and their column, whatever is in them", () => {
  assertEquals(tableLines([["a\nb\t\x1b[31m", "|"], ["plain", "|"], ["\u202ex", "|\r\n|"]]), [
    "a\\nb\\t\\x1b[31m  |",
    "plain           |",
    "\\u202ex         |\\x0d\\n|",
  ]);
});

Deno.test("tableLines() knows what takes the room of two letters, or of none", () => {
  const rows = ["日本", "e\u0301tat", "👩\u200d", "한국"].map((cell) => [cell, "|"]);
  assertEquals(tableLines(rows), ["日本  |", "e\u0301tat  |", "👩\u200d    |", "한국  |"]);
});
