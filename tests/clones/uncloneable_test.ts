import { assertEquals, assertThrows } from "@std/assert";
import { survey } from "../../lib/clones/survey.ts";
import { TooLarge, uncloneableError, whyUncloneable } from "../../lib/clones/uncloneable.ts";
import { refuseTooLarge } from "../../lib/engines/processes/runner_channel.ts";

class Client {
  readonly call = () => {};
}

const { proxy, revoke } = Proxy.revocable({}, {});
revoke();

const cycle: Record<string, unknown> = {};
cycle.self = cycle;
cycle.more = { end: Symbol("end") };

const moved = new Int16Array(4);
moved.buffer.transfer();

const CASES: readonly (readonly [value: unknown, why: string])[] = [
  [() => {}, "input is a function"],
  [Symbol("s"), "input is a symbol"],
  [{ options: { onDone: () => {} } }, "input.options.onDone is a function"],
  [[1, [2, { f: parseInt }]], "input[1][1].f is a function"],
  [new Map([["a b", { f: parseInt }]]), `input.get("a b").f is a function`],
  [new Map([[parseInt, 1]]), "input.keys() is a function"],
  [new Set([1, parseInt]), "input.values() is a function"],
  [{ when: Promise.resolve() }, "input.when is a Promise, which cannot be cloned"],
  [{ client: new Client() }, "input.client.call is a function"],
  [{ map: new WeakMap() }, "input.map is a WeakMap, which cannot be cloned"],
  [{ map: new (class extends WeakMap {})() }, "input.map is a WeakMap, which cannot be cloned"],
  [cycle, "input.more.end is a symbol"],
  [proxy, "input cannot be read"],
  [{ a: [new ArrayBuffer(1), moved.buffer] }, "input.a[1] is an ArrayBuffer that was moved away"],
  [{ a: { b: moved } }, "input.a.b is an Int16Array whose buffer was moved away"],
  [{
    deep: {
      get bad() {
        throw new Error("no");
      },
    },
  }, "input.deep.bad cannot be read"],
  [{ fine: true }, "input cannot be cloned: the reason"],
  [
    { list: [1, new Uint8Array(8), { counts: new Int32Array(new SharedArrayBuffer(4)) }] },
    "input.list[2].counts is shared memory: only Workers share it, processes do not",
  ],
  [
    new Map([["a", new SharedArrayBuffer(4)]]),
    `input.get("a") is shared memory: only Workers share it, processes do not`,
  ],
];

Deno.test("whyUncloneable() gives the path to what cannot be cloned, and what it is", () => {
  for (const [value, why] of CASES) {
    assertEquals(whyUncloneable(value, "input", new Error("the reason")), why);
  }
  assertEquals(whyUncloneable(1, "result", undefined), "result cannot be cloned");
});

/** What is said of a value that is to leave the process, if it cannot. */
function whyLost(value: unknown, name: string): string | undefined {
  try {
    survey([value], { leavesProcess: true });
    return undefined;
  } catch (thrown) {
    return whyUncloneable(value, name, thrown);
  }
}

Deno.test("survey() finds what is an object of the platform, wherever it is", () => {
  const url = new URL("https://example.com");
  const found = (value: unknown) => whyLost(value, "args")?.replace(/, which cannot .*$/, "");
  assertEquals(found([url]), "args[0] is a URL");
  assertEquals(found({ a: [1, { b: new Map([["c", url]]) }] }), 'args.a[1].b.get("c") is a URL');
  assertEquals(found(new Set([new Headers()])), "args.values() is a Headers");
  assertEquals(found({ signal: new AbortController().signal }), "args.signal is an AbortSignal");
  assertEquals(found([new class Home extends URL {}("a:b")]), "args[0] is a URL");
  assertEquals(found([new (class extends URL {})("a:b")]), "args[0] is a URL");
  assertEquals(found([new Blob()]), "args[0] is a Blob");
});

Deno.test("survey() finds nothing in what can be cloned", () => {
  class Point {
    x = 1;
  }
  class Names extends Map {}
  const self: Record<string, unknown> = { list: [1, "a", null, undefined, 1n] };
  self.self = self;
  const values = [self, new Point(), new Names(), Object.create(null), new RangeError("a")];
  values.push(new DOMException("a"), new Date(), /a/, new Uint8Array(2), new ArrayBuffer(1));
  values.push(new Float64Array(1), new Set([new Map()]), Object(1n), [[], {}], new Array(5));
  assertEquals(whyLost(values, "args"), undefined);
});

Deno.test("uncloneableError() tells what is too large from what has no clone", () => {
  assertEquals(uncloneableError("…", "input", new TooLarge(9, 8)), {
    name: "TooLarge",
    message: "input takes 9 bytes, of which a process passes on 8 at most; a Worker takes more",
  });
  assertEquals(uncloneableError(() => {}, "input", new Error("no")), {
    name: "DataCloneError",
    message: "input is a function",
  });
});

Deno.test("refuseTooLarge() refuses what is longer than a process takes, and nothing else", () => {
  const piece = new Uint8Array(2 ** 20);
  const pieces = (count: number) => Array.from({ length: count }, () => piece);
  refuseTooLarge(pieces(2 ** 12 - 1));
  assertThrows(() => refuseTooLarge(pieces(2 ** 12)), TooLarge, "takes 4294967296 bytes");
});
