import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { BIG_BYTES } from "../../../lib/clones/copies.ts";
import { payloadOf } from "../../../lib/engines/carry/payload.ts";
import { hasMarks, move, unmark } from "../../../lib/clones/move.ts";
import { Lock } from "../../../lib/sync/permits.ts";
import { Queue } from "../../../lib/sync/queue.ts";
import { sharedArray } from "../../../lib/sync/shared_array.ts";

/** What arrives of values in another thread. */
function arrived(values: readonly unknown[], movesAll = false): readonly unknown[] {
  const payload = payloadOf(values, movesAll);
  const clones = structuredClone(Array.from(payload.values), {
    transfer: payload.moved as Transferable[],
  });
  for (const value of payload.marked) unmark(value);
  return clones;
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => i * 7);
const big = () => bytes(BIG_BYTES + 3);

/** Every buffer and view in a value, in the order in which they are met. */
function* binaries(value: unknown, seen = new Set()): Generator<ArrayBuffer | ArrayBufferView> {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return yield value;
  const isKeyed = value instanceof Map || value instanceof Set;
  for (const part of isKeyed ? [...value].flat() : Object.values(value)) {
    yield* binaries(part, seen);
  }
}

const bufferOf = (binary: ArrayBuffer | ArrayBufferView) =>
  ArrayBuffer.isView(binary) ? binary.buffer : binary;

/** What each binary is, and the first one with the same buffer. */
function shapeOf(value: unknown): unknown {
  const all = [...binaries(value)];
  const buffers = all.map(bufferOf);
  return all.map((binary, i) => [
    Object.prototype.toString.call(binary),
    binary.byteLength,
    buffers.indexOf(buffers[i] as ArrayBuffer),
  ]);
}

type Place = [buffer: ArrayBuffer, offset?: number, length?: number];

const VIEWS = [
  (...place: Place) => new Uint8Array(...place),
  (...place: Place) => new Int16Array(...place),
  (...place: Place) => new Float32Array(...place),
  (...place: Place) => new BigInt64Array(...place),
];

/** Values with buffers in them: big and small, whole and in part, and some more than once. */
const nested = fc.array(
  fc.tuple(fc.constantFrom(16, BIG_BYTES, 2 * BIG_BYTES), fc.integer({ min: 0, max: 255 })),
  { minLength: 1, maxLength: 3 },
).chain((sizes) => {
  const buffers = sizes.map(([length, byte]) => new Uint8Array(length).fill(byte).buffer);
  const buffer = fc.constantFrom(...buffers);
  const view = fc.tuple(buffer, fc.constantFrom(...VIEWS), fc.boolean()).map(
    ([buffer, view, isPart]) => isPart ? view(buffer, 8, 1) : view(buffer),
  );
  const leaf = fc.oneof(
    buffer,
    view,
    fc.constantFrom(-0, "text", undefined, null, 12n, new Date(5), /x/g, new Boolean(true)),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, leaf, tie("list"), tie("record"), tie("map"), tie("set")),
    list: fc.array(tie("value"), { maxLength: 4 }),
    record: fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), tie("value"), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    map: fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((all) =>
      new Map(all)
    ),
    set: fc.array(tie("value"), { maxLength: 3 }).map((all) => new Set(all)),
  }));
  return fc.tuple(value, value).map((values) => ({ values, buffers }));
});

Deno.test("payloadOf() has values arrive as clones of them do, and leaves theirs whole", () => {
  fc.assert(fc.property(nested, ({ values, buffers }) => {
    const wanted = structuredClone(values);
    const found = arrived(values);
    assertEquals(found, wanted);
    for (const i of [0, 1]) assertEquals(shapeOf(found[i]), shapeOf(wanted[i]));
    assertEquals(buffers.some(({ detached }) => detached), false);
  }));
});

Deno.test("payloadOf() moves every buffer if it is to, and values arrive as clones of them do", () => {
  fc.assert(fc.property(nested, ({ values }) => {
    const wanted = structuredClone(values);
    const own = new Set([...binaries(values)].map(bufferOf));
    const found = arrived(values, true);
    assertEquals(found, wanted);
    assertEquals(shapeOf(found), shapeOf(wanted));
    assertEquals([...own].every((buffer) => (buffer as ArrayBuffer).detached), true);
  }));
});

Deno.test("payloadOf() moves copies of big buffers right in a list or record, and nothing else", () => {
  const direct = [big(), big().buffer, [1, big()], { a: big() }, new DataView(big().buffer)];
  for (const value of direct) {
    const { values, moved } = payloadOf([1, value], false);
    assertEquals([moved.length, values[0]], [1, 1]);
    assertEquals(moved[0] === bufferOf([...binaries(value)][0]!), false);
  }
  const small = bytes(BIG_BYTES - 1);
  const others = [small, small.buffer, [[big()]], new Map([[1, big()]]), { a: { b: big() } }];
  const kept = [
    new Uint8Array(new SharedArrayBuffer(BIG_BYTES)),
    new ArrayBuffer(BIG_BYTES, { maxByteLength: 2 * BIG_BYTES }),
    { big: big(), list: Array(1001).fill(0) },
  ];
  for (const value of [...others, ...kept]) {
    const values = [value];
    const payload = payloadOf(values, false);
    assertEquals([payload.values === values, payload.moved], [true, []], Deno.inspect(value));
  }
});

Deno.test("payloadOf() sends of a view that alone refers to a big buffer its own bytes only", () => {
  const whole = big();
  const [part, nothing] = [whole.subarray(5, 20), whole.subarray(7, 7)];
  for (const [view, wanted] of [[part, bytes(20).slice(5)], [nothing, bytes(0)]] as const) {
    const [found] = arrived([view]) as [Uint8Array];
    assertEquals([found, found.byteOffset, found.buffer.byteLength], [wanted, 0, wanted.length]);
  }
  const view = new DataView(whole.buffer, 4, 2);
  const [data] = arrived([view]) as [DataView];
  assertEquals([data.byteLength, data.getUint8(1), data.buffer.byteLength], [2, 35, 2]);
  const [found] = arrived([{ head: part, rest: whole.subarray(20) }]) as [
    Record<string, Uint8Array>,
  ];
  assertEquals([found.head!.buffer === found.rest!.buffer, found.head!.byteOffset], [true, 5]);
  assertEquals(found.rest, bytes(whole.length).slice(20));
});

Deno.test("payloadOf() copies once what many values have in common", () => {
  const [table, whole] = [big(), big()];
  const parts = [whole.subarray(0, BIG_BYTES), whole.subarray(1)];
  const values = Array.from({ length: 100 }, (_, i) => ({ i, table, part: parts[i % 2] }));
  assertEquals(payloadOf(values, false).moved.length, 3);
  assertEquals(arrived(values), values);
});

Deno.test("payloadOf() keeps what leads back to itself, holes and names of its own", () => {
  const list: unknown[] & { name?: string } = [, big(), , undefined];
  list.name = "list";
  const record: Record<string, unknown> = { list, map: new Map(), data: big() };
  record.self = record;
  (record.map as Map<unknown, unknown>).set(record.data, record);
  const [found] = arrived([record]) as [typeof record];
  assertEquals(found, structuredClone(record));
  assertEquals([found.self === found, Object.keys(found.list as object)], [true, [
    "1",
    "3",
    "name",
  ]]);
  assertEquals([...(found.map as Map<unknown, unknown>)][0]?.[0] === found.data, true);
});

Deno.test("payloadOf() leaves to clone what cannot be, or is not to be looked into", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const throwing = {
    data: big(),
    get bad() {
      throw new Error("no");
    },
  };
  for (const value of [{ data: big(), f: () => {} }, proxy, throwing, [big(), Symbol()]]) {
    const values = [value];
    assertEquals(payloadOf(values, false).values === values, true);
  }
});

Deno.test("payloadOf() throws before anything is moved if a value cannot be cloned", () => {
  const gone = bytes(4);
  gone.buffer.transfer();
  for (const bad of [() => {}, Symbol(), new WeakMap(), Promise.resolve(), gone]) {
    const data = big();
    assertThrows(() => payloadOf([data, { bad }], true));
    assertThrows(() => payloadOf([move(data), [bad]], false));
    assertEquals([data.buffer.detached, hasMarks()], [false, true]);
    unmark(data);
  }
});

Deno.test("payloadOf() moves what is marked, and copies what stands around it", () => {
  const [kept, inner, view] = [big(), bytes(8), bytes(9).subarray(2)];
  const values = [{ kept, list: [move({ deep: new Map([[1, inner]]) }), inner] }, [move(view)]];
  const wanted = structuredClone(values);
  const found = arrived(values);
  assertEquals([found, hasMarks()], [wanted, false]);
  const gone = [kept, inner, view].map(({ buffer }) => buffer.detached);
  assertEquals(gone, [false, true, true]);
});

Deno.test("payloadOf() moves a marked buffer that is met elsewhere before the mark", () => {
  const data = big();
  const record = { data };
  for (const values of [[[record, move({ record })]], [[move({ record }), record]]]) {
    const wanted = structuredClone(values);
    const { moved, marked } = payloadOf(values, false);
    assertEquals([moved, marked.length], [[data.buffer], 1]);
    unmark(marked[0] as object);
    assertEquals(arrived(values), wanted);
  }
});

Deno.test("payloadOf() moves ports and streams, and no memory that is shared", () => {
  const { port1, port2 } = new MessageChannel();
  const shared = new SharedArrayBuffer(8);
  const stream = new ReadableStream();
  const { moved } = payloadOf([[port1, { stream }], shared, new Uint8Array(shared)], true);
  assertEquals(new Set<unknown>(moved), new Set([port1, stream]));
  port1.close();
  port2.close();
});

Deno.test("payloadOf() leaves what is shared itself, marked, beside a big buffer, or in what is moved", () => {
  const [lock, queue] = [new Lock(), new Queue()];
  const bins = sharedArray(Int32Array, BIG_BYTES);
  for (const [mark, movesAll] of [[move, false], [<T>(value: T) => value, true]] as const) {
    const record = {
      data: big(),
      small: mark(bytes(4)),
      lock: mark(lock),
      deep: [{ queue }],
      bins,
    };
    for (const value of [record, mark([record])]) {
      const { values, moved, marked } = payloadOf([value], movesAll);
      const found = [values[0]].flat()[0] as typeof record;
      assertEquals([found.lock === lock, found.deep[0]?.queue === queue], [true, true]);
      assertEquals([found.bins === bins, moved.length], [true, 2]);
      for (const one of marked) unmark(one);
    }
  }
  assertEquals(hasMarks(), false);
});

Deno.test("payloadOf() finds buffers however deep they are", () => {
  const buffer = new ArrayBuffer(3);
  let value: unknown = buffer;
  for (let depth = 0; depth < 100_000; depth++) value = [value];
  assertEquals(payloadOf([value], true).moved, [buffer]);
});

Deno.test("move() gives back what it is given, and marks objects only, once", () => {
  for (const value of [1, "a", undefined, null, Symbol.iterator]) {
    assertEquals([move(value) === value, hasMarks()], [true, false]);
  }
  const value = { a: 1 };
  assertEquals(move(move(value)) === value, true);
  unmark(value);
  unmark(value);
  assertEquals(hasMarks(), false);
  move(value);
  assertEquals(hasMarks(), true);
  unmark(value);
});

Deno.test("move() marks for other copies of its module, too", async () => {
  const copy: typeof import("../../../lib/clones/move.ts") = await import(
    "../../../lib/clones/move.ts?copy"
  );
  const value = copy.move(big());
  assertEquals(payloadOf([value], false).moved, [value.buffer]);
  unmark(value);
  assertEquals([copy.move === move, copy.hasMarks()], [false, false]);
});
