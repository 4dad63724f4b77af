import { assert, assertEquals } from "@std/assert";
import { partText, type View, viewLines } from "../../lib/progress/view.ts";
import { cutTo, fitted, loadWidths, widthOf } from "../../lib/progress/widths.ts";

await loadWidths();

const VIEW: View = {
  tasks: [
    {
      name: "double",
      total: 1000,
      ended: 512,
      failed: 2,
      perSecond: 34.4,
      left: [70_000, 125_000],
    },
    { name: "読み込み", ended: 7, failed: 0, perSecond: 0.2 },
    { name: "new", total: 4, ended: 0, failed: 0 },
  ],
  more: 2,
  oldest: [{ text: 'double, job 513  "x\x1b[2Jy"', ageMs: 61_000 }, {
    text: "new, job 1",
    ageMs: 1500,
  }],
  whole: { name: "1 of 6 tasks", ended: 519, failed: 2 },
};

const AGED = ['  double, job 513  "x\\x1b[2Jy"  1m01s', "  new, job 1  1.5 s"];

const SCREENS: Readonly<Record<number, readonly string[]>> = {
  20: [
    "double  512/1000",
    "読み…          7",
    "new          0/4",
    "and 2 more",
    "  double, j…  1m01s",
    "  new, job 1  1.5 s",
    "1 of …       519",
  ],
  40: [
    "double        512/1000  2 failed",
    "読み込み             7  12.0/min",
    "new                0/4",
    "and 2 more",
    ...AGED,
    "1 of 6 tasks       519  2 failed",
  ],
  80: [
    "double        [########--------]  512/1000  2 failed  34/s  1m10s to 2m05s left",
    "読み込み                                 7  12.0/min",
    "new           [----------------]       0/4",
    "and 2 more",
    ...AGED,
    "1 of 6 tasks                           519  2 failed",
  ],
  200: [
    "double        [##############--------------]  512/1000  2 failed  34/s  1m10s to 2m05s left",
    "読み込み                                             7  12.0/min",
    "new           [----------------------------]       0/4",
    "and 2 more",
    ...AGED,
    "1 of 6 tasks                                       519  2 failed",
  ],
};

for (const [columns, screen] of Object.entries(SCREENS)) {
  Deno.test(`viewLines() makes a table of what there is room for in ${columns} columns`, () => {
    assertEquals(viewLines(VIEW, Number(columns)), screen);
  });
}

Deno.test("viewLines() keeps to the size of a terminal, whatever names and inputs are", () => {
  const names = ["\x1b]0;title\x07\x1b[2J", "\u202e\u2066evil", "é👩‍👩‍👧‍👦".repeat(5000), "\t\n\r", ""];
  for (const name of names) {
    const tasks = VIEW.tasks.map((part) => ({ ...part, name }));
    const view: View = { ...VIEW, tasks, oldest: [{ text: name, ageMs: 5000 }] };
    for (const columns of [1, 2, 3, 5, 10, 20, 33, 80, 300]) {
      for (const rows of [1, 2, 5, 24]) {
        const lines = viewLines(view, columns, rows);
        assert(lines.length <= rows);
        for (const line of lines) {
          assert(widthOf(line) < columns, `${columns}: ${line}`);
          assert(!/[\p{Cc}\u202e\u2066]/u.test(line), Deno.inspect(line));
        }
      }
    }
  }
});

Deno.test("viewLines() has a bar that is full only when all has ended, and leaves out jobs first", () => {
  const bar = (ended: number) => {
    const [line = ""] = viewLines(
      { ...VIEW, tasks: [{ name: "a", total: 1e6, ended, failed: 0 }] },
      80,
    );
    return line.split("[")[1]?.split("]")[0];
  };
  assert(bar(999_999)?.endsWith("#-"), bar(999_999));
  assert(bar(1_000_000)?.endsWith("##"), bar(1_000_000));
  assertEquals(viewLines(VIEW, 40, 4).map((line) => line.split(" ")[0]), [
    "double",
    "読み込み",
    "new",
    "1",
  ]);
});

Deno.test("partText() says in words how far a task is", () => {
  const [double, reading] = VIEW.tasks;
  assertEquals(
    double && partText(double),
    "double: 512 of 1000 jobs ended, 2 failed, 34/s, 1m10s to 2m05s left",
  );
  assertEquals(reading && partText(reading), "読み込み: 7 jobs ended, 12.0/min");
  const one = { name: "a", ended: 1, failed: 0 };
  assertEquals(
    partText({ ...one, perSecond: 123_456, left: [61_000, 61_200] }),
    "a: 1 job ended, 123k/s, 1m01s left",
  );
  assertEquals(partText({ ...one, perSecond: 0.001 }), "a: 1 job ended, 3.6/h");
});

Deno.test("cutTo() and fitted() cut no character in two", () => {
  assertEquals(cutTo("漢字漢字", 8), "漢字漢字");
  assertEquals(cutTo("漢字漢字", 7), "漢字漢…");
  assertEquals(cutTo("漢字漢字", 6), "漢字…");
  assertEquals(cutTo("a👩‍👩‍👧‍👦b", 3), "a…");
  assertEquals(fitted("漢字漢字", 6), "漢字… ");
  assertEquals(cutTo("abc", 0), "");
});
