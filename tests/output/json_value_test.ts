import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LONGEST_TEXT } from "../../lib/json/faithful_json.ts";
import { Fault } from "../../lib/fault.ts";
import { shownJson, toJson } from "../../lib/output/json_value.ts";
import { Queue } from "../../lib/sync/queue.ts";

/** A value and the JSON that it becomes. */
function becomes(rule: string, cases: readonly (readonly [value: unknown, json: string])[]): void {
  Deno.test(`toJson() ${rule}`, () => {
    for (const [value, json] of cases) assertEquals(toJson(value), json);
  });
}

/** An object that leads back to itself. */
function cyclic(): unknown {
  const value: { name: string; self?: unknown } = { name: "a" };
  value.self = value;
  return value;
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = { value };
  return value;
}

Deno.test("toJson() is JSON.stringify() for every JSON value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals(toJson(value), JSON.stringify(value));
  }));
});

Deno.test("toJson() writes what JSON.parse() reads for anything, on one line", () => {
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  fc.assert(fc.property(anything, (value) => {
    const json = toJson(value);
    JSON.parse(json);
    assertEquals(json.includes("\n"), false);
  }));
});

becomes("writes null for what is no value", [
  [undefined, "null"],
  [() => 1, "null"],
  [Symbol("s"), "null"],
  [NaN, "null"],
  [Infinity, "null"],
  [[undefined, () => 1, Symbol("s"), -Infinity], "[null,null,null,null]"],
  [{ f: () => 1, s: Symbol("s"), n: NaN }, '{"f":null,"s":null,"n":null}'],
]);

becomes("leaves out an entry that is undefined", [
  [{ a: undefined, b: 1 }, '{"b":1}'],
  [{ a: undefined, b: 1n }, '{"b":1}'],
]);

becomes("writes a bigint as its digits", [
  [12345678901234567890n, "12345678901234567890"],
  [{ a: [-1n] }, '{"a":[-1]}'],
  [new BigInt64Array([-(2n ** 63n)]), "[-9223372036854775808]"],
]);

becomes("writes a Map as an object if all its keys are strings, else as pairs", [
  [new Map([["a", 1], ["b", 2]]), '{"a":1,"b":2}'],
  [new Map(), "{}"],
  [new Map<unknown, unknown>([["a", 1], [2, new Set([3n])]]), '[["a",1],[2,[3]]]'],
  [new Map([[{ x: 1 }, undefined]]), '[[{"x":1},null]]'],
]);

becomes("writes sets, typed arrays and buffers as lists", [
  [new Set([1, "b", new Set([2])]), '[1,"b",[2]]'],
  [new Uint8Array([0, 255]), "[0,255]"],
  [new Float64Array([0.5, NaN, -0]), "[0.5,null,0]"],
  [new Uint8Array([1, 2, 3]).buffer, "[1,2,3]"],
  [new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 2), "[2,3]"],
]);

becomes("writes an Error as its name, message and cause", [
  [new TypeError("no"), '{"name":"TypeError","message":"no"}'],
  [
    { error: new Error("a", { cause: new Error("b", { cause: 1n }) }) },
    '{"error":{"name":"Error","message":"a","cause":{"name":"Error","message":"b","cause":1}}}',
  ],
  [Object.assign(new Error("m"), { name: 1n }), '{"name":1,"message":"m"}'],
]);

becomes("marks what refers to itself, and nothing else", [
  [cyclic(), '{"name":"a","self":"[Circular]"}'],
  [[new Map([["it", cyclic()]])], '[{"it":{"name":"a","self":"[Circular]"}}]'],
  [((shared) => [shared, shared, { shared }])({ n: 1n }), '[{"n":1},{"n":1},{"shared":{"n":1}}]'],
]);

becomes("asks toJSON() once", [
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  [new Date(NaN), "null"],
  [{ at: new URL("https://a.example/") }, '{"at":"https://a.example/"}'],
  [{ toJSON: () => ({ big: 1n }) }, '{"big":1}'],
  [{ toJSON: () => undefined }, "null"],
  [{ toJSON: "a property" }, '{"toJSON":"a property"}'],
  [
    {
      a: 1n,
      toJSON() {
        return { ...this };
      },
    },
    '{"a":1,"toJSON":null}',
  ],
]);

becomes("writes null for what throws when it is read, and the rest as it is", [
  [{
    toJSON: () => {
      throw new Error("no");
    },
  }, "null"],
  [[1, {
    get a() {
      throw new Error("no");
    },
  }, 2n], "[1,null,2]"],
  [
    [Proxy.revocable({}, {})].map((it) => {
      it.revoke();
      return it.proxy;
    }),
    "[null]",
  ],
]);

becomes("takes keys and holes for what they are", [
  [JSON.parse('{"__proto__":{"a":1},"constructor":2}'), '{"__proto__":{"a":1},"constructor":2}'],
  [{ ["__proto__"]: 1n }, '{"__proto__":1}'],
  [new Map([["__proto__", 1]]), '{"__proto__":1}'],
  [Object.assign(Object.create(null), { a: 1n }), '{"a":1}'],
  [[1, , 3n], "[1,null,3]"],
  [{ a: 1n, [Symbol("s")]: 2 }, '{"a":1}'],
]);

becomes("writes numbers, boxed ones too, as JSON does", [
  [-0, "0"],
  [[-0, 1n], "[0,1]"],
  [[Object(1), Object("a"), Object(false), Object(2n)], '[1,"a",false,2]'],
]);

Deno.test("toJson() cuts off what is nested too deep, and never throws", () => {
  assertEquals(toJson(nested(1000)), `${'{"value":'.repeat(1000)}1${"}".repeat(1000)}`);
  JSON.parse(toJson([nested(200_000), 1]));
});

Deno.test("toJson() says that a value is longer than a text may be, and makes none of it", () => {
  const text = "x".repeat(LONGEST_TEXT + 1);
  const lists = Array(4).fill("x".repeat(LONGEST_TEXT));
  const bytes = new Uint8Array(2 ** 26);
  for (const value of [text, { a: [text] }, new Map([["a", text]]), lists, bytes, bytes.buffer]) {
    const fault = assertThrows(() => toJson(value), Fault);
    assertEquals([fault.kind, fault.message], [
      "engine",
      "Cannot write a value as JSON: it is longer than a text may be",
    ]);
    assertEquals(shownJson(value), "…");
  }
});

Deno.test("shownJson() names what is shared by its class, wherever it is", () => {
  const queue = new Queue();
  const clone = { "fanfold:shared": { kind: "Lock", id: "1" } };
  assertEquals(shownJson(queue), "Queue");
  assertEquals(shownJson([{ to: queue, n: 1 }, clone]), '[{"to":Queue,"n":1},Lock]');
  assertEquals(shownJson({ "fanfold:shared": 1 }), '{"fanfold:shared":1}');
});
