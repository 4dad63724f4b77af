import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { folderName, resultFolder } from "../../lib/observers/results.ts";

/** Text that is more often than not made of what folders and escapes are made of. */
const HOSTILE = fc.oneof(
  fc.string({ unit: fc.constantFrom(".", "/", "\\", "_", "e", "~", "t", "\t", "0", "\0", "\n") }),
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("é", "🧨", "/", "x"), minLength: 90, maxLength: 300 }),
);

/** How long a text is in a file system. */
function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

Deno.test("folderName() escapes as GNU parallel does", () => {
  assertEquals(folderName("a/b"), "a\\_b");
  assertEquals(folderName("x\\y"), "x\\\\y");
  assertEquals(folderName("t\tb\0n\n "), "t\\tb\\0n\n ");
  assertEquals(folderName("...é*$(x)"), "...é*$(x)");
});

Deno.test("folderName() has a name for what leads elsewhere", () => {
  assertEquals(folderName("."), "\\.");
  assertEquals(folderName(".."), "\\..");
  assertEquals(folderName(""), "\\e");
});

Deno.test("folderName() cuts what is too long, not within a character or an escape", () => {
  assertEquals(folderName("y".repeat(255)), "y".repeat(255));
  const digest = "[0-9a-f]{32}";
  const cuts = {
    ["y".repeat(256)]: `^y{221}\\\\~${digest}$`,
    ["é".repeat(128)]: `^é{110}\\\\~${digest}$`,
    ["🧨".repeat(100)]: `^(🧨){55}\\\\~${digest}$`,
    ["/".repeat(128)]: `^(\\\\_){110}\\\\~${digest}$`,
  };
  for (const [text, pattern] of Object.entries(cuts)) {
    const name = folderName(text);
    assert(new RegExp(pattern, "u").test(name), name);
  }
});

Deno.test("folderName() is one folder whatever the text, and another for another text", () => {
  fc.assert(
    fc.property(HOSTILE, HOSTILE, (a, b) => {
      const name = folderName(a);
      assert(bytes(name) > 0 && bytes(name) <= 255, name);
      assertEquals([".", ".."].includes(name) || /[/\0]/.test(name), false, name);
      assertEquals(folderName(b) === name, a === b);
    }),
    { numRuns: 1000 },
  );
  const [one, other] = ["a", "b"].map((end) => folderName("y".repeat(300) + end));
  assert(one !== other);
});

Deno.test("resultFolder() is a name and a value of each source in turn", () => {
  assertEquals(resultFolder(["1", "2"], ["a/b", ""]), "1/a\\_b/2/\\e");
  assertEquals(resultFolder(["1"], []), "");
});

Deno.test("resultFolder() sorts sources by the number their names begin with, then by text", () => {
  const names = ["inf", "10", "9b", "b", "-1", "a", "9a", "1e1", ".5"];
  const sorted = ["-1", "a", "b", ".5", "9a", "9b", "10", "1e1", "inf"];
  assertEquals(resultFolder(names, names), sorted.flatMap((name) => [name, name]).join("/"));
});

Deno.test("resultFolder() escapes names too", () => {
  assertEquals(resultFolder(["..", "a/b"], ["x", "y"]), "\\../x/a\\_b/y");
});

Deno.test("resultFolder() numbers sources that have no name", () => {
  assertEquals(resultFolder([], ["a", "b", "c"]), "1/a/2/b/3/c");
  assertEquals(resultFolder(["x"], ["a", "b"]), "x/a/2/b");
});

Deno.test("resultFolder() begins again with the first source when there are more values", () => {
  assertEquals(resultFolder(["b", "a"], ["1", "2", "3", "4", "5"], 2), "a/2/b/1/a/4/b/3/b/5");
});
