import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { broken, bytesOf, type Content, cut, cuts, open, read, untilFault } from "../pieces.ts";

const JSON_LIST = { kind: "json" } as const;
const elements = (...pieces: Content[]) => read(JSON_LIST, ...pieces);

Deno.test("jsonOf() gives the elements of a list", async () => {
  const text = '[{"a":[1,2,{"b":"],["}]},[],"\\"],",null,true,-0.5e1]';
  assertEquals(await elements(text), JSON.parse(text));
  assertEquals(await elements(...cut(text, [1])), JSON.parse(text));
});

Deno.test("jsonOf() gives nothing for an empty list", async () => {
  for (const text of ["[]", "[ ]", " \r\n[\n\t]\n\n", "\uFEFF[]"]) {
    assertEquals(await elements(text), []);
    assertEquals(await elements(...cut(text, [1])), []);
  }
});

Deno.test("jsonOf() takes space and a byte order mark around a list", async () => {
  assertEquals(await elements("\uFEFF \n[ 1 ,\n2\r\n] \t\n"), [1, 2]);
  assertEquals(await elements([0xEF], [0xBB], [0xBF], "[1]"), [1]);
});

Deno.test("a document that is no list is a fault that names what it is", async () => {
  const found: readonly (readonly [text: string, what: string])[] = [
    ['{"a":[1]}', "an object"],
    ['"[1]"', "a string"],
    ["-1", "a number"],
    ["7", "a number"],
    ["true", "a boolean"],
    ["false", "a boolean"],
    ["null", "null"],
    ["]", "no JSON"],
    ["\uFEFF\uFEFF[1]", "no JSON"],
    ["", "nothing"],
    ["\uFEFF", "nothing"],
  ];
  for (const [text, what] of found) {
    assertEquals(await broken(JSON_LIST, text), {
      values: [],
      line: 1,
      reason: `found ${what}, wanted a list`,
    });
  }
  assertEquals((await broken(JSON_LIST, "\n\n 1")).line, 3);
  assertEquals((await broken(JSON_LIST, "\n\n")).line, 3);
});

/** Documents that are broken: what is given before, the line, and the reason. */
const BROKEN: Readonly<Record<string, readonly [unknown[], number, string]>> = {
  "[1,\n2\n3]": [[1], 3, "line 3 is no JSON: expected ',' or ']' after array element"],
  '[{"a":1}\n{"b":2}]': [[], 2, "line 2 is no JSON: expected ',' or ']' after array element"],
  "[1,\n\n2,\n]": [[1, 2], 4, "line 4 is no JSON: missing element beside a comma"],
  "[,1]": [[], 1, "line 1 is no JSON: missing element beside a comma"],
  "[1,\n,2]": [[1], 2, "line 2 is no JSON: missing element beside a comma"],
  "[,]": [[], 1, "line 1 is no JSON: missing element beside a comma"],
  "[1,\n{a:1},2]": [[1], 2, "line 2 is no JSON: expected property name or '}'"],
  "[1,\n nope]": [[1], 2, "line 2 is no JSON: unexpected token 'o'"],
  '[1,{"a":\n2': [[1], 2, 'the document ends within the list, wanted "]"'],
  '[1,{"a":\n2]]': [[1], 2, "line 2 is no JSON: expected ',' or '}' after property value"],
  '[{"a":[\n1, 2}, {"b":\n3}]': [
    [],
    2,
    "line 2 is no JSON: expected ',' or ']' after array element",
  ],
  "[1,}": [[1], 1, "line 1 is no JSON: missing element beside a comma"],
  "[1,2}": [[1, 2], 1, 'found "}" at the end of the list, wanted "]"'],
  "[1,2\n]\n\nx": [[1, 2], 4, "found text behind the list, wanted its end"],
  "[1]]": [[1], 1, "found text behind the list, wanted its end"],
  "[1,] x": [[1], 1, "line 1 is no JSON: missing element beside a comma"],
  "[": [[], 1, 'the document ends within the list, wanted "]"'],
  "[1,\n2\n": [[1], 3, 'the document ends within the list, wanted "]"'],
  "[1,": [[1], 1, 'the document ends within the list, wanted "]"'],
  '[1,"ab\\': [[1], 1, 'the document ends within the list, wanted "]"'],
  '["a\nb"]': [[], 1, "line 1 is no JSON: bad control character in string literal"],
};

for (const [text, [values, line, reason]] of Object.entries(BROKEN)) {
  Deno.test(`${JSON.stringify(text)} is a fault at line ${line}`, async () => {
    assertEquals(await broken(JSON_LIST, text), { values, line, reason });
  });
}

Deno.test("a list that is not UTF-8 is a fault at its line", async () => {
  const content = (text: string) => bytesOf(text).map((byte) => byte === 0x3F ? 0xFF : byte);
  const fault = { values: [1], line: 3, reason: "line 3 is not UTF-8" };
  assertEquals(await broken(JSON_LIST, content('[1,\n{\n"a": "?"}, 2]')), fault);
  assertEquals(await broken(JSON_LIST, content("[1,\n\n?")), fault);
});

Deno.test("jsonOf() gives back any values that were written, however they arrive", async () => {
  const value = fc.jsonValue({ stringUnit: "binary" });
  const indent = fc.constantFrom(undefined, 1, "\t", "\n");
  await fc.assert(
    fc.asyncProperty(fc.array(value), indent, cuts, async (values, indent, lengths) => {
      const text = JSON.stringify(values, null, indent);
      const given = await Array.fromAsync(open(JSON_LIST, cut(text, lengths)));
      assertEquals(JSON.stringify(given), JSON.stringify(values));
    }),
    { numRuns: 500 },
  );
});

Deno.test("jsonOf() takes a document for JSON just if JSON.parse() does", async () => {
  const unit = fc.constantFrom(...'[]{},:"\\ \n1a-', "null", '"a"', '"a":', "[1]", "é");
  const list = fc.oneof(
    fc.string({ unit, maxLength: 12 }).map((text) => `[${text}]`),
    fc.string({ unit, maxLength: 12 }).map((text) => `[${text}`),
    fc.array(fc.string({ unit, maxLength: 4 })).map((parts) => `[${parts.join(",")}]`),
  );
  await fc.assert(
    fc.asyncProperty(list, cuts, async (text, lengths) => {
      const inputs = open(JSON_LIST, cut(text, lengths));
      const expected = asJson(text);
      if (expected === undefined) await untilFault(inputs);
      else assertEquals(await Array.fromAsync(inputs), expected);
    }),
    { numRuns: 10_000 },
  );
});

function asJson(text: string): unknown[] | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

Deno.test("jsonOf() gives elements before the list has ended", async () => {
  let pulled = 0;
  const inputs = open(
    JSON_LIST,
    function* () {
      yield "[0";
      for (;;) yield `,${++pulled}`;
    }(),
  );
  const seen: unknown[] = [];
  for await (const value of inputs) {
    seen.push(value);
    if (seen.length === 3) break;
  }
  assertEquals(seen, [0, 1, 2]);
  // An element is known to be complete by what follows it, and a stream holds a piece in store.
  assertLessOrEqual(pulled, 5);
});

Deno.test("a number in a list that is not read as it is written is a fault at its place", async () => {
  const places = [
    ["[9007199254740993]", 1, 2],
    ["\uFEFF  [9007199254740993]", 1, 4],
    ["\n [1, 9007199254740993]", 2, 6],
    ['[1,"é",{"a":\n9007199254740993}]', 2, 1],
    ['[\n1,"é",{"a": [2,9007199254740993]}]', 2, 16],
  ] as const;
  for (const [text, line, column] of places) {
    const { values, ...fault } = await broken(JSON_LIST, text);
    const reason = `line ${line} has 9007199254740993, which no number holds exactly`;
    assertEquals(fault, { line, reason, column }, text);
    assertEquals(values, [1, "é"].slice(0, values.length));
  }
});

Deno.test("jsonOf() reads no list whose elements are nested deeper than anything may be", async () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assertEquals((await read(JSON_LIST, `[1,${nested(500)}]`)).length, 2);
  for (const text of [`[1,\n${nested(501)}]`, `[1,\n${"[".repeat(100_000)}`]) {
    assertEquals(await broken(JSON_LIST, text), {
      values: [1],
      line: 2,
      reason: "line 2 has lists or records that are nested deeper than 500 levels",
    });
  }
});
