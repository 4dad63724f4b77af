import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { faithfulJson } from "../../lib/json/faithful_json.ts";
import { digestOf, fromColumn, keyOf, toColumn } from "../../lib/journal/column.ts";

function back(value: unknown): unknown {
  return fromColumn(toColumn(value));
}

Deno.test("fromColumn() gives what toColumn() was given, whatever can be cloned", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withBoxedValues: true,
    stringUnit: "binary",
  });
  fc.assert(
    fc.property(anything, (value) => assertEquals(back(value), structuredClone(value))),
    { numRuns: 1000 },
  );
});

Deno.test("fromColumn() gives back what JSON would have changed", () => {
  const values = [undefined, null, -0, NaN, Infinity, 5n, "", "\ud800 \0 \ufeff", [, 1], [
    undefined,
  ]];
  for (const value of values) assertEquals(back(value), value);
  assert(Object.is(back(-0), -0));
  assertEquals(back({ a: undefined, b: [-0] }), { a: undefined, b: [-0] });
  assertEquals(back(JSON.parse('{"__proto__":1}')), JSON.parse('{"__proto__":1}'));
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const read = back(circle) as typeof circle;
  assert(read.self === read);
  assertEquals(back(new Uint8Array([1, 2, 3]).subarray(1)), new Uint8Array([2, 3]));
  assertEquals(back("x".repeat(2 ** 24)), "x".repeat(2 ** 24));
});

Deno.test("fromColumn() gives exceptions of the platform as they were, wherever they stand", () => {
  const exception = new DOMException("said", "AbortError");
  const told = (value: unknown) => {
    assert(value instanceof DOMException);
    return [value.name, value.message, value.code, value.stack];
  };
  const wanted = ["AbortError", "said", DOMException.ABORT_ERR, exception.stack];
  assertEquals(told(back(exception)), wanted);
  const within = back({
    list: [exception],
    map: new Map([[exception, exception]]),
    set: new Set([exception]),
    error: new Error("outer", { cause: exception }),
  }) as {
    list: unknown[];
    map: Map<unknown, unknown>;
    set: Set<unknown>;
    error: Error;
  };
  const found = [...within.list, ...within.map.keys(), ...within.map.values(), ...within.set];
  for (const each of [...found, within.error.cause]) assertEquals(told(each), wanted);
  assertEquals(new Set([...found, within.error.cause]).size, 1);
});

Deno.test("fromColumn() gives views of buffers of their own, as structured clone does", () => {
  const buffer = new ArrayBuffer(16);
  const views = [new Uint16Array(buffer, 4, 2), new DataView(buffer, 2, 3), new Uint8Array(buffer)];
  const shape = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    [buffer.byteLength, byteOffset, byteLength] as const;
  const read = back(views) as ArrayBufferView[];
  assertEquals(read.map(shape), views.map(shape));
  assertEquals(new Set(read.map((view) => view.buffer)).size, 1);
  // Of an input only what a view shows counts.
  const input = fromColumn(toColumn(views[0], "alone")) as ArrayBufferView;
  assertEquals(shape(input), [4, 0, 4]);
  const seen = (bytes: number[]) => keyOf(toColumn(new Uint8Array(bytes).subarray(1), "alone"));
  assertEquals(seen([1, 2]), seen([3, 2]));
});

Deno.test("toColumn() throws at what only this process could clone", () => {
  const blob = new Blob(["text"]);
  const all = [blob, new File([], "name"), new URL("http://a"), new Headers(), { a: [blob] }];
  for (const value of [...all, new Map([[1, blob]]), new Set([new Response()])]) {
    assertThrows(() => toColumn(value), DOMException, "cannot be kept");
  }
});

Deno.test("toColumn() throws at what cannot be cloned", () => {
  for (const value of [() => 1, Symbol(), { a: [() => 1] }, new SharedArrayBuffer(1)]) {
    assertThrows(() => toColumn(value));
  }
});

Deno.test("keyOf() tells values apart, and is short", () => {
  const values = [undefined, null, "", "null", 0, -0, "0", [0], { a: 1 }, { b: 1 }, new Map()];
  const long = ["x".repeat(63), "x".repeat(100_000), `${"x".repeat(99_999)}y`, [
    `${"x".repeat(64)}`,
  ]];
  const keys = [...values, ...long].map((value) => keyOf(toColumn(value)));
  assertEquals(new Set(keys).size, keys.length);
  assert(keys.every((key) => key.length <= 64));
  assertEquals(digestOf(toColumn("x".repeat(62))), null);
  assertEquals(digestOf(toColumn("x".repeat(63)))?.length, 33);
  assertNotEquals(keyOf(toColumn({ a: 1, b: 2 })), keyOf(toColumn({ b: 2, a: 1 })));
});

Deno.test("faithfulJson() says nothing of what it would change, and throws never", () => {
  const odd = [
    undefined,
    -0,
    NaN,
    5n,
    new Date(0),
    new Map(),
    new (class A {})(),
    { toJSON: () => 1 },
    Object.create(null),
    Object.assign([1], { x: 1 }),
    { [Symbol.iterator]: 1 },
    Object.defineProperty({}, "hidden", { value: 1 }),
    {
      get thrown() {
        throw new Error("no");
      },
    },
  ];
  for (const value of odd) assertEquals(faithfulJson(value), undefined);
  for (const value of [null, true, "a\ud800", 0.1, [], {}, { a: [{ b: null }] }]) {
    assertEquals(faithfulJson(value), JSON.stringify(value));
  }
});
