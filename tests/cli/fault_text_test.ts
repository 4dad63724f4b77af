import { assertEquals } from "@std/assert";
import { faultNotices } from "../../lib/cli/fault_text.ts";
import { Fault, type Position } from "../../lib/fault.ts";
import { told } from "../../lib/text/shown.ts";

/** A fault as fanfold tells it. */
function faultText(fault: Fault): string {
  return faultNotices(fault).map((notice) => `${told(notice).join("\n")}\n`).join("");
}

/** The text of a fault at this place. */
function textAt(at: Position): string {
  return faultText(new Fault("tasks", "Cannot load", { at }));
}

Deno.test("faultNotices() is the message alone where nothing more is known", () => {
  assertEquals(faultText(new Fault("usage", "Cannot read")), "fanfold: Cannot read\n");
});

Deno.test("faultNotices() shows the place, the line, a mark under the column, and the hint", () => {
  const at = { file: "a.yaml", line: 3, column: 5, text: "    inptus: [1]" };
  const fault = new Fault("tasks", 'Cannot load tasks "a.yaml"', { at, hint: "do it" });
  assertEquals(
    faultText(fault),
    `fanfold: Cannot load tasks "a.yaml"
  at a.yaml:3:5
  |     inptus: [1]
  |     ^
  hint: do it
`,
  );
});

Deno.test("faultNotices() shows as much of the place as is known", () => {
  assertEquals(textAt({ file: "a.yaml" }), "fanfold: Cannot load\n  at a.yaml\n");
  assertEquals(textAt({ file: "a.csv", line: 3 }), "fanfold: Cannot load\n  at a.csv:3\n");
  assertEquals(
    textAt({ file: "a.csv", line: 3, text: "1,2,3" }),
    "fanfold: Cannot load\n  at a.csv:3\n  | 1,2,3\n",
  );
});

Deno.test("faultNotices() marks the first column, and the one behind the line", () => {
  const head = "fanfold: Cannot load\n  at a.yaml:1";
  const at = { file: "a.yaml", line: 1, text: "ab" };
  assertEquals(textAt({ ...at, column: 1 }), `${head}:1\n  | ab\n  | ^\n`);
  assertEquals(textAt({ ...at, column: 3 }), `${head}:3\n  | ab\n  |   ^\n`);
});

Deno.test("faultNotices() keeps the mark in place behind tabs, and shows no control characters", () => {
  assertEquals(
    textAt({ file: "a.json", line: 1, column: 3, text: "\t\x1bx\u202e" }),
    "fanfold: Cannot load\n  at a.json:1:3\n  |  \\x1bx\\u202e\n  |      ^\n",
  );
});

Deno.test("faultNotices() keeps the mark in place behind letters that are wide, or above others", () => {
  assertEquals(
    textAt({ file: "a.json", line: 1, column: 6, text: "日e\u0301🙂x" }).split("\n").slice(2, 4),
    ["  | 日e\u0301🙂x", "  |      ^"],
  );
});

Deno.test("faultNotices() shows 120 characters of a long line, those about the column", () => {
  for (const column of [1, 119, 120, 121, 5000, 10_000]) {
    const text = `${"a".repeat(column - 1)}X${"b".repeat(10_000 - column)}`;
    const lines = textAt({ file: "a.json", line: 1, column, text }).split("\n");
    const [shown, mark] = [lines[2] ?? "", lines[3] ?? ""];
    assertEquals(shown.length, 124);
    assertEquals(shown[mark.indexOf("^")], "X");
  }
});

Deno.test("faultNotices() tells every mistake, each with its own place and hint", () => {
  const fault = Fault.of("tasks", [
    { message: "first", at: { file: "a.yaml", line: 1, column: 2, text: "xy" }, hint: "one" },
    { message: "second" },
    { message: "third", hint: "three" },
  ]);
  assertEquals(
    faultText(fault),
    `fanfold: first
  at a.yaml:1:2
  | xy
  |  ^
  hint: one
fanfold: second
fanfold: third
  hint: three
`,
  );
});
