import { assertEquals } from "@std/assert";
import { whyUncloneable } from "../../lib/engines/uncloneable.ts";

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
];

Deno.test("whyUncloneable() gives the path to what cannot be cloned, and what it is", () => {
  for (const [value, why] of CASES) {
    assertEquals(whyUncloneable(value, "input", new Error("the reason")), why);
  }
  assertEquals(whyUncloneable(1, "result", undefined), "result cannot be cloned");
});
