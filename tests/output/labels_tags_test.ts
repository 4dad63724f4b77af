import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Tagged, TASK_TAGS } from "../../lib/output/labels.ts";

/** What comes out when these pieces are put. */
function tagged(tag: string, pieces: readonly (string | Uint8Array)[]): string {
  let text = "";
  const sink = {
    put: (piece: string | Uint8Array) => {
      text += typeof piece === "string" ? piece : new TextDecoder("latin1").decode(piece);
      return undefined;
    },
  };
  const to = new Tagged(sink, tag);
  for (const piece of pieces) to.put(piece);
  return text;
}

Deno.test("Tagged puts the tag and a tab in front of each line", () => {
  assertEquals(tagged("a b", ["one\ntwo\n"]), "a b\tone\na b\ttwo\n");
  assertEquals(tagged("a", ["\n\nx"]), "a\t\na\t\na\tx");
  assertEquals(tagged("", ["x"]), "\tx");
  assertEquals(tagged("a", ["", new Uint8Array()]), "");
});

Deno.test("Tagged finds the lines however they are cut into pieces", () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom("a", "\n", "\r"), maxLength: 5 }));
  fc.assert(fc.property(pieces, (pieces) => {
    const whole = pieces.join("");
    const lines = whole === "" ? [] : whole.split(/(?<=\n)/);
    assertEquals(tagged("t", pieces), lines.map((line) => `t\t${line}`).join(""));
  }));
});

Deno.test("TASK_TAGS name a task, and behind a tab the input, which never breaks the line", () => {
  const { ofJob, ofTask } = TASK_TAGS;
  assertEquals(ofTask?.("sizes"), "sizes");
  assertEquals(ofJob("sizes", undefined), "sizes");
  assertEquals(ofJob("sizes", "dir/a b.txt"), "sizes\tdir/a b.txt");
  assertEquals(ofJob("sizes", 3), "sizes\t3");
  assertEquals(ofJob("greet", { name: "Ada", age: 36 }), 'greet\t{"name":"Ada","age":36}');
  assertEquals(ofJob("a\tb", "c\nd"), '"a\\tb"\t"c\\nd"');
  assertEquals(ofJob("x", "\x1b[31mred\u202e\x9b"), 'x\t"\\u001b[31mred\\u202e\\u009b"');
});
