import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { toErrorRecord } from "../../../lib/errors/error_record.ts";
import { fromSlot, numbersIn, packed } from "../../../lib/engines/carry/wire.ts";

Deno.test("fromSlot() takes the end of jobs with and without the memory of the slot, and no other", () => {
  const ended = { kind: "ended", first: 0, values: [1], failures: [], times: new Float64Array(2) };
  for (const memoryBytes of [undefined, 0, 5]) {
    const message = { ...ended, memoryBytes };
    assertEquals(fromSlot(message) === message, true, String(memoryBytes));
  }
  for (const memoryBytes of [null, "5", {}]) {
    assertEquals(fromSlot({ ...ended, memoryBytes }), undefined, String(memoryBytes));
  }
});

Deno.test("fromSlot() takes what is asked of what is shared, and no other", () => {
  const ask = { kind: "ask", id: 1, ref: "r", op: "get", value: undefined, index: 0 };
  const settle = { kind: "settle", id: 1, how: "kept" };
  for (const message of [ask, settle, { ...settle, how: "back" }, { ...settle, how: "lost" }]) {
    assertEquals(fromSlot(message) === message, true, message.kind);
  }
  const unreadable = { toString: 1, valueOf: 1 };
  const wrong = [
    ...["1", NaN, 1.5, undefined, null].flatMap((id) => [{ ...ask, id }, { ...settle, id }]),
    ...["0", undefined, {}].map((index) => ({ ...ask, index })),
    ...[1, undefined, unreadable].flatMap((text) => [{ ...ask, ref: text }, { ...ask, op: text }]),
    ...["given", undefined, unreadable, ["kept"]].map((how) => ({ ...settle, how })),
  ];
  for (const message of wrong) assertEquals(fromSlot(message), undefined, Deno.inspect(message));
});

Deno.test("fromSlot() takes values that are packed numbers, one for each job, and no other bytes", () => {
  const ended = { kind: "ended", first: 0, failures: [], times: new Float64Array(4) };
  const packed = { ...ended, values: new Float64Array([1, 2]) };
  assertEquals(fromSlot(packed) === packed, true);
  const shared = new Float64Array(new SharedArrayBuffer(16, { maxByteLength: 160 }));
  const others = [new Float64Array(3), new Uint8Array(2), new ArrayBuffer(2), shared, "ab"];
  for (const values of [...others, { length: 2 }]) {
    assertEquals(fromSlot({ ...ended, values }), undefined, Deno.inspect(values));
  }
  const times = new Float64Array(new SharedArrayBuffer(32));
  assertEquals(fromSlot({ ...packed, times }), undefined);
});

const RECORD = { name: "Error", message: "thrown" };

/** Messages of each kind that are right, with what makes each of them wrong. */
const MESSAGES: readonly (readonly [right: object, wrong: Readonly<Record<string, unknown[]>>])[] =
  [
    [{ kind: "ready" }, { kind: ["Ready", undefined, 1, ["ready"], "toString", "__proto__"] }],
    [{ kind: "stray", error: RECORD }, { error: wrongRecords() }],
    [{ kind: "unfit", error: RECORD }, { error: wrongRecords() }],
    [
      { kind: "exports", types: [["double", "function"], ["", "number"]] },
      { types: [undefined, {}, "ab", ["ab"], [["a"]], [["a", 1]], [["a", "b", "c"]], Array(1)] },
    ],
    [
      {
        kind: "ended",
        first: 7,
        values: [1, undefined, 3],
        failures: [[1, RECORD], [2, { ...RECORD, stack: "at", cause: RECORD, errors: [RECORD] }]],
        times: new Float64Array([1, 2]),
        hasShared: false,
      },
      {
        first: [-1, 1.5, NaN, "7", undefined, 2 ** 53],
        failures: [
          ...[undefined, {}, [1], [[1]], [["1", RECORD]], [[3, RECORD]], [[-1, RECORD]], Array(1)],
          ...[[[1, RECORD], [1, RECORD]], [[2, RECORD], [1, RECORD]], Array(4).fill([1, RECORD])],
          ...wrongRecords().map((record) => [[0, record]]),
        ],
        times: [[NaN, 1], [1, NaN], [-1, 1], [1, Infinity], [1e300, 1], [1], [1, 2, 3, 4]]
          .map((times) => new Float64Array(times)),
        hasShared: [1, "true", null],
        memoryBytes: [NaN, -1],
      },
    ],
    [
      { kind: "output", index: -1, stream: "stderr", bytes: new Uint8Array(1) },
      {
        index: [-2, 0.5, undefined, "0"],
        stream: ["stdin", undefined, ["stdout"], "toString"],
        bytes: ["a", [1], undefined, new Uint16Array(1), new Uint8Array(new SharedArrayBuffer(1))],
      },
    ],
    [{ kind: "listens", index: 0 }, { index: [-1, "0", undefined, NaN] }],
    [{ kind: "gave-up", first: 0 }, { first: [-1, "0", undefined, NaN] }],
  ];

/** What is no record of an error, or one to which no end can be seen. */
function wrongRecords(): unknown[] {
  const cyclic = { ...RECORD, cause: {} };
  cyclic.cause = cyclic;
  const branching = { ...RECORD, errors: [{}, {}, {}, {}] };
  branching.errors.fill(branching);
  const parts = { name: 1, message: null, stack: 1, cause: null, errors: {}, fields: "text" };
  const wrong = Object.entries(parts).map(([key, value]) => ({ ...RECORD, [key]: value }));
  const within = [...wrong, null].flatMap((part) => [{ cause: part }, { errors: [part] }]);
  return [
    ...[undefined, null, "text", [], {}, { name: "Error" }, cyclic, branching, ...wrong],
    ...within.map((part) => ({ ...RECORD, ...part })),
    { ...RECORD, errors: Array(1) },
  ];
}

Deno.test("fromSlot() takes a message of each kind, and none with a part of another type or size", () => {
  for (const [right, parts] of MESSAGES) {
    assertEquals(fromSlot(right) === right, true, Deno.inspect(right));
    for (const [part, values] of Object.entries(parts)) {
      for (const value of values) {
        const message = { ...right, [part]: value };
        assertEquals(fromSlot(message), undefined, Deno.inspect(message, { depth: 6 }));
      }
    }
  }
});

Deno.test("fromSlot() takes whatever is made by toErrorRecord()", () => {
  let deep: unknown;
  for (let depth = 0; depth < 50; depth++) {
    deep = new AggregateError([deep, 1], "deep", { cause: deep });
  }
  const many = new AggregateError(Array.from({ length: 1000 }, (_, i) => new TypeError(`${i}`)));
  for (const thrown of [undefined, deep, many, Object.assign(new Error("a"), { code: 1 })]) {
    const message = { kind: "stray", error: toErrorRecord(thrown) };
    assertEquals(fromSlot(structuredClone(message)) !== undefined, true);
  }
});

const numbers = fc.array(fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, NaN, Infinity)));

Deno.test("numbersIn() gives many numbers as a Float64Array of the same numbers", () => {
  fc.assert(fc.property(numbers, (few) => {
    const many = [...few, ...Array(64).keys()];
    const found = numbersIn(many);
    assertEquals([found instanceof Float64Array, found.length], [true, many.length]);
    many.forEach((number, i) => assertEquals(Object.is(found[i], number), true, `${number}`));
  }));
});

Deno.test("numbersIn() gives few numbers, and what has something else among them, as they are", () => {
  const few = Array.from({ length: 63 }, (_, i) => i);
  assertEquals(numbersIn(few) === few, true);
  for (const other of [undefined, null, "1", 1n, Object(1), new Float64Array(1)]) {
    for (const at of [0, 50, 99]) {
      const mixed: unknown[] = Array.from({ length: 100 }, (_, i) => i === at ? other : i);
      assertEquals(numbersIn(mixed) === mixed, true, Deno.inspect(other));
    }
  }
});

Deno.test("packed() packs the inputs of jobs only, and leaves the jobs as they are", () => {
  const inputs = Array.from({ length: 64 }, (_, i) => i);
  const chunk = { kind: "jobs", first: 7, inputs, attempt: 2 } as const;
  assertEquals(packed(chunk), { ...chunk, inputs: new Float64Array(inputs) });
  assertEquals(chunk.inputs === inputs, true);
  const others = [{ ...chunk, inputs: ["a"] }, { kind: "stop" }] as const;
  for (const message of others) assertEquals(packed(message) === message, true);
});
