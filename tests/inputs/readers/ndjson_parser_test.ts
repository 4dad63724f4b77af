import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { broken, type Content, cut, cuts, open, read } from "../pieces.ts";

const NDJSON = { kind: "ndjson" } as const;
const values = (...pieces: Content[]) => read(NDJSON, ...pieces);

Deno.test("ndjsonOf() gives the value of each line", async () => {
  assertEquals(await values('{"a":1}\n[2]\r\nnull\n "x" \n-3e2'), [{ a: 1 }, [2], null, "x", -300]);
});

Deno.test("ndjsonOf() skips lines of nothing but space", async () => {
  assertEquals(await values("\n \t\r\n1\n\n2\n\r\n"), [1, 2]);
  assertEquals(await values(""), []);
  assertEquals(await values("\uFEFF\n"), []);
});

Deno.test("ndjsonOf() drops a byte order mark at the start", async () => {
  assertEquals(await values("\uFEFF1\n2\n"), [1, 2]);
});

Deno.test("a line that is no JSON is a fault at its line, after the values before it", async () => {
  const reasons: readonly (readonly [text: string, reason: string])[] = [
    ['{"a":1', "expected ',' or '}' after property value"],
    ["{a:1}", "expected property name or '}'"],
    ["[1,]", "unexpected token ']'"],
    ["1 2", "unexpected non-whitespace character after JSON"],
    ["nope", "unexpected token 'o'"],
    ["tru", "unexpected end of JSON input"],
    [`["${"long ".repeat(20)}", nope, "${"long ".repeat(20)}"]`, "unexpected token 'o'"],
    ['", "x" is not valid JSON', "unexpected non-whitespace character after JSON"],
    ["\0", "unexpected token '\0'"],
    ["\u00A0", "unexpected token '\u00A0'"],
    ["\uFEFF", "unexpected token '\uFEFF'"],
  ];
  for (const [text, reason] of reasons) {
    assertEquals(await broken(NDJSON, `1\n\n2\n${text}\n3\n`), {
      values: [1, 2],
      line: 4,
      reason: `line 4 is no JSON: ${reason}`,
    });
  }
});

Deno.test("ndjsonOf() takes no value that spans lines, or two for one", async () => {
  assertEquals((await broken(NDJSON, "1,2\n[3\n4]\n")).line, 1);
  assertEquals((await broken(NDJSON, "0\n[3\n4]\n1,2\n")).line, 2);
});

Deno.test("a line that is not UTF-8 is a fault at its line, whatever JSON is before it", async () => {
  assertEquals(await broken(NDJSON, [0x31, 0x0A, 0x22, 0xFF, 0x22, 0x0A, 0x33]), {
    values: [1],
    line: 2,
    reason: "line 2 is not UTF-8",
  });
  assertEquals((await broken(NDJSON, [0x78, 0x0A, 0xFF, 0x0A])).line, 1);
});

Deno.test("ndjsonOf() gives back any values that were written, however they arrive", async () => {
  const value = fc.jsonValue({ stringUnit: "binary" });
  const end = fc.constantFrom("\n", "\r\n", "\n\n", " \n");
  await fc.assert(
    fc.asyncProperty(fc.array(value), end, cuts, async (values, end, lengths) => {
      const text = values.map((value) => JSON.stringify(value) + end).join("");
      const given = await Array.fromAsync(open(NDJSON, cut(text, lengths)));
      assertEquals(JSON.stringify(given), JSON.stringify(values));
    }),
    { numRuns: 500 },
  );
});

Deno.test("a number that is not read as it is written is a fault at its place", async () => {
  const lost = (found: string) => `${found}, which no number holds exactly`;
  for (const number of ["9007199254740993", "-12345678901234567890", "1e400"]) {
    const at = (line: number, column: number) => ({
      values: [{ "é": 9007199254740991 }],
      line,
      reason: `line ${line} has ${lost(number)}`,
      column,
    });
    const first = '{"é":9007199254740991}\n';
    assertEquals(await broken(NDJSON, `${first}${number}\n1`), at(2, 1));
    assertEquals(await broken(NDJSON, `${first}\r\n{"é":[${number}]}`), at(3, 7));
  }
  assertEquals(await values('{"id":"9007199254740993"}\n0.12345678901234567890\n1e21\n-0'), [
    { id: "9007199254740993" },
    0.12345678901234567890,
    1e21,
    -0,
  ]);
});

Deno.test("ndjsonOf() reads what is nested as deep as anything may be, and not one level more", async () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assertEquals((await values(`1\n${nested(500)}\n`)).length, 2);
  const fault = {
    values: [1],
    line: 2,
    reason: "line 2 has lists or records that are nested deeper than 500 levels",
  };
  assertEquals(await broken(NDJSON, `1\n${nested(501)}\n`), fault);
  // Of what has no end the first of it is enough.
  assertEquals(await broken(NDJSON, `1\n${"[{".repeat(10_000)}`), fault);
});
