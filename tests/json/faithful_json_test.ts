import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { faithfulJson, LONGEST_TEXT } from "../../lib/json/faithful_json.ts";

Deno.test("faithfulJson() gives JSON of all that JSON can say", () => {
  fc.assert(fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
    const plain = JSON.parse(JSON.stringify(value));
    assertEquals(faithfulJson(plain), JSON.stringify(plain));
  }));
  const twice = { a: 1 };
  assertEquals(faithfulJson([twice, twice, "\ud800"]), '[{"a":1},{"a":1},"\\ud800"]');
  assertEquals(faithfulJson(JSON.parse('{"__proto__":{"b":1}}')), '{"__proto__":{"b":1}}');
});

Deno.test("faithfulJson() gives nothing that becomes another value", () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withSparseArray: true }), (value) => {
      const json = faithfulJson(value);
      if (json !== undefined) assertEquals(isDeepStrictEqual(JSON.parse(json), value), true);
    }),
  );
  const circle: unknown[] = [];
  circle.push([circle]);
  const values: readonly unknown[] = [
    undefined,
    NaN,
    -0,
    [-0],
    1n,
    [undefined],
    { a: undefined },
    { a: () => {} },
    { [Symbol("a")]: 1 },
    Object.defineProperty({}, "a", { value: 1 }),
    { toJSON: () => 1 },
    {
      get a() {
        throw new Error("no");
      },
    },
    /a/.exec("a"),
    Array(3),
    new Date(0),
    new Map(),
    new (class A {})(),
    Object.create(null),
    circle,
  ];
  for (const value of values) assertEquals(faithfulJson(value), undefined);
});

Deno.test("faithfulJson() makes no JSON of bytes, to see that they are none", () => {
  // A key for each of so many bytes would be more than there is room for.
  const bytes = new Uint8Array(2 ** 28);
  for (const value of [bytes, [bytes], { a: { bytes } }, new DataView(bytes.buffer)]) {
    assertEquals(faithfulJson(value), undefined);
  }
});

Deno.test("faithfulJson() makes no JSON of a text that V8 ends the program for", () => {
  const text = "x".repeat(LONGEST_TEXT);
  assertEquals(faithfulJson(text)?.length, LONGEST_TEXT + 2);
  for (const value of [`${text}x`, [`${text}x`]]) assertEquals(faithfulJson(value), undefined);
});
