import { assert, assertEquals } from "@std/assert";
import vm from "node:vm";
import { toErrorRecord } from "../../lib/errors/error_record.ts";
import type { ErrorRecord } from "../../lib/job.ts";

/** A record without its stacks, which name places in this file. */
function bare({ stack: _, ...record }: ErrorRecord): ErrorRecord {
  return { ...record, ...(record.cause ? { cause: bare(record.cause) } : {}) };
}

Deno.test("toErrorRecord() keeps name, message, stack, cause and own fields", () => {
  class NotFound extends Error {
    override name = "NotFound";
  }
  const cause = new RangeError("too far");
  const error = Object.assign(new NotFound("no page", { cause }), { status: 404, tags: ["a"] });
  const record = toErrorRecord(error);
  assert(record.stack?.includes("error_record_test.ts"));
  assert(record.cause?.stack?.includes("error_record_test.ts"));
  assertEquals(bare(record), {
    name: "NotFound",
    message: "no page",
    cause: { name: "RangeError", message: "too far" },
    fields: { status: 404, tags: ["a"] },
  });
});

Deno.test("toErrorRecord() keeps the errors of an aggregate", () => {
  const record = toErrorRecord(new AggregateError([new TypeError("a"), "b"], "both"));
  assertEquals(record.errors?.map(bare), [
    { name: "TypeError", message: "a" },
    { name: "Thrown", message: '"b" was thrown, which is no error' },
  ]);
});

Deno.test("toErrorRecord() says of what is no error that it is none", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const cases: readonly (readonly [unknown, string])[] = [
    [undefined, "undefined"],
    [null, "null"],
    [0, "0"],
    ["text", '"text"'],
    [Symbol("s"), "Symbol(s)"],
    [{ code: 1 }, "{ code: 1 }"],
    [proxy, "A value of type object"],
  ];
  for (const [thrown, text] of cases) {
    const message = `${text} was thrown, which is no error`;
    assertEquals(toErrorRecord(thrown), { name: "Thrown", message });
  }
});

Deno.test("toErrorRecord() ends where errors lead back to themselves", () => {
  const error = new Error("a", { cause: new Error("b") });
  (error.cause as Error).cause = error;
  assertEquals(bare(toErrorRecord(error)), {
    name: "Error",
    message: "a",
    cause: { name: "Error", message: "b" },
  });
  const all = new AggregateError([]);
  all.errors.push(all, all, all);
  assertEquals(toErrorRecord(all).errors, []);
});

Deno.test("toErrorRecord() goes only so deep", () => {
  let error = new Error("0");
  for (let i = 1; i < 100; i++) error = new Error(String(i), { cause: error });
  let depth = 0;
  for (let at: ErrorRecord | undefined = toErrorRecord(error); at; at = at.cause) depth++;
  assertEquals(depth, 9);
});

Deno.test("toErrorRecord() always gives what can be cloned, and never throws", () => {
  const throws = () => {
    throw new Error("not to be read");
  };
  const odd: readonly unknown[] = [
    Object.defineProperty(new Error("m"), "message", { get: throws }),
    Object.defineProperty(new Error("m"), "name", { get: throws }),
    Object.defineProperty(new Error("m"), "field", { get: throws, enumerable: true }),
    Object.assign(new Error(), { message: { toString: throws }, name: Symbol("n"), stack: 1 }),
    Object.assign(new Error("m"), { onDone: throws, memory: new SharedArrayBuffer(1) }),
    Object.assign(new AggregateError([]), { errors: 7 }),
    new Proxy(new Error("m"), { get: throws, getPrototypeOf: throws, ownKeys: throws }),
    new Proxy(new Error("m"), { getOwnPropertyDescriptor: throws, has: throws }),
    new DOMException("gone", "AbortError"),
  ];
  for (const thrown of odd) {
    const record = structuredClone(toErrorRecord(thrown));
    assertEquals([typeof record.name, typeof record.message], ["string", "string"]);
    process.getBuiltinModule("node:v8").serialize(record);
  }
});

Deno.test("toErrorRecord() knows errors of another realm, with all that they lead to", () => {
  const realm = vm.createContext({});
  const run = (code: string) => vm.runInContext(code, realm);
  assertEquals(bare(toErrorRecord(run("new TypeError('a', { cause: new Error('b') })"))), {
    name: "TypeError",
    message: "a",
    cause: { name: "Error", message: "b" },
  });
  const all = toErrorRecord(run("new AggregateError([new RangeError('a'), 1], 'b')"));
  assertEquals([all.name, all.message, all.errors?.map(bare)], ["AggregateError", "b", [
    { name: "RangeError", message: "a" },
    { name: "Thrown", message: "1 was thrown, which is no error" },
  ]]);
});

Deno.test("toErrorRecord() knows errors, and what is like one, after Error was replaced", () => {
  const Before = globalThis.Error;
  const own = new TypeError("own");
  class Other {
    readonly name = "Other";
    readonly message = "other";
    readonly stack = "Other: other\n    at f (file:///a.ts:1:2)";
  }
  let records: readonly ErrorRecord[];
  try {
    globalThis.Error = Other as unknown as ErrorConstructor;
    records = [own, new Other()].map(toErrorRecord);
    globalThis.Error = undefined as unknown as ErrorConstructor;
    records = [...records, toErrorRecord(own)];
  } finally {
    globalThis.Error = Before;
  }
  assertEquals(records.map(({ name, message }) => `${name}: ${message}`), [
    "TypeError: own",
    "Other: other",
    "TypeError: own",
  ]);
  assertEquals(records[1]?.stack, new Other().stack);
});

Deno.test("toErrorRecord() keeps both errors where one has suppressed the other, and any list of errors", () => {
  const suppressed = new SuppressedError(new Error("late"), new Error("early"), "both");
  assertEquals(toErrorRecord(suppressed).errors?.map(({ message }) => message), ["late", "early"]);
  const listed = toErrorRecord(Object.assign(new Error("m"), { errors: [new Error("a")] }));
  assertEquals([listed.errors?.map(bare), listed.fields], [
    [{ name: "Error", message: "a" }],
    undefined,
  ]);
  const other = toErrorRecord(Object.assign(new Error("m"), { errors: [{ path: "a" }] }));
  assertEquals([other.errors, other.fields], [undefined, { errors: [{ path: "a" }] }]);
});

Deno.test("toErrorRecord() ends where errors lead to one another in very many ways", () => {
  let error = new AggregateError([]);
  for (let i = 0; i < 8; i++) error = new AggregateError(Array.from({ length: 20 }, () => error));
  const count = ({ errors = [] }: ErrorRecord): number =>
    errors.reduce((sum, each) => sum + count(each), 1);
  assertEquals(count(toErrorRecord(error)) <= 10_001, true);
});
