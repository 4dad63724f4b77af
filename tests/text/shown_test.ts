import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { harmless, oneLine, teller, told, withoutSequences } from "../../lib/text/shown.ts";

Deno.test("oneLine() shows what a terminal would act on, and what nobody sees", () => {
  const shown: readonly (readonly [text: string, shown: string])[] = [
    ["\0\x07\x08\r\n\x1b[31m\x7f", "\\x00\\x07\\x08\\x0d\\n\\x1b[31m\\x7f"],
    ["\x85\x9b31m\x9d0;title\x9c", "\\x85\\x9b31m\\x9d0;title\\x9c"],
    [
      "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e",
      "\\u061c\\u200e\\u200f\\u202a\\u202b\\u202c\\u202d\\u202e",
    ],
    ["\u2066\u2067\u2068\u2069\u2028\u2029", "\\u2066\\u2067\\u2068\\u2069\\u2028\\u2029"],
    ["\xad\u200b\u2060\ufeff\u3164\ufff9", "\\xad\\u200b\\u2060\\ufeff\\u3164\\ufff9"],
    ["\u{e0041}\u{e007f}\u{e0100}", "\\u{e0041}\\u{e007f}\\u{e0100}"],
    ["\ud800x\udc00", "\\ud800x\\udc00"],
  ];
  for (const [text, wanted] of shown) assertEquals(oneLine(text), wanted);
});

Deno.test("oneLine() leaves letters of all scripts, emoji, tabs and backslashes as they are", () => {
  for (
    const text of [
      "é e\u0301 日本 עברית العربية नमस्ते",
      "می\u200cخواهم",
      "👩\u200d👩\u200d👧 ❤\ufe0f 🇩🇪",
      "a\tb\\x1b",
    ]
  ) {
    assertEquals(oneLine(text), text);
  }
});

Deno.test("harmless() is the same for each line of a text", () => {
  assertEquals(harmless("a\r\n\x07b\rc\n\td"), "a\n\\x07b\\x0dc\n\td");
});

Deno.test("withoutSequences() leaves out colours, moves, links and titles, and nothing else", () => {
  const said =
    "\x1b[1;31mred\x1b[0m\x1b[2K\x1b[?25l \x1b]8;;http://a/b c\x1b\\link\x1b]8;;\x07 \x1b]0;t\x07\x1b(B\x1b[m.";
  assertEquals(withoutSequences(said), "red link .");
  for (const text of ["\x1bHello", "\x9b31m", "\x1b]0;never ended", "\x1b[", "[31m"]) {
    assertEquals(withoutSequences(text), text);
  }
});

Deno.test("told() indents what follows the first line more than what is below", () => {
  const text = "\ntask\r\n\n\u202eback\tward\rs \nfanfold: 1 job: 1 done\n  hint: do it";
  assertEquals(told({ text, below: ["at a\nfanfold: b", "| c"] }), [
    "fanfold: task",
    "    \\u202eback\tward\\x0ds",
    "    fanfold: 1 job: 1 done",
    "      hint: do it",
    "  at a\\nfanfold: b",
    "  | c",
  ]);
});

Deno.test("told() tells the beginning of a text of any length", () => {
  const short = `${"x".repeat(7990)}\nlast`;
  assertEquals(told({ text: short }), [`fanfold: ${"x".repeat(7990)}`, "    last"]);
  assertEquals(told({ text: "x".repeat(9000), below: ["at a"] }), [
    `fanfold: ${"x".repeat(7999)}…`,
    "  at a",
  ]);
  const numbers = Array.from({ length: 100 }, (_, i) => String(i));
  assertEquals(told({ text: numbers.join("\n") }).at(-1), "    99");
  const lines = told({ text: [...numbers, ...numbers].join("\n"), below: ["at a"] });
  assertEquals(lines.slice(-3), ["    98", "    …", "  at a"]);
  assertEquals(lines.length, 101);
});

Deno.test("told() has one line that begins with its name, and no hidden character, whatever the texts", () => {
  const unit = fc.constantFrom(
    "a",
    " ",
    "\n",
    "\r",
    "\t",
    "\x1b[",
    "\x07",
    "\x9b",
    "\u202e",
    "\u2028",
    "fanfold: ",
  );
  const text = fc.string({ unit });
  fc.assert(fc.property(text, fc.array(text), (text, below) => {
    const [first = "", ...more] = told({ text, below });
    assertEquals(first.startsWith("fanfold: "), true);
    assertEquals(more.filter((line) => !/^( {2}|$)/.test(line)), []);
    assertEquals(/(?!\t)[\p{Cc}\u2028\u202e]/u.exec([first, ...more].join("")), null);
  }));
});

Deno.test("teller() begins a line where one is open", () => {
  let written = "open";
  const tell = teller(
    (text) => {
      written += text;
      return undefined;
    },
    () => !written.endsWith("\n"),
  );
  tell("one", ["hint: two"]);
  tell("three\nfour");
  assertEquals(written, "open\nfanfold: one\n  hint: two\nfanfold: three\n    four\n");
});
