import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Fault } from "../../../lib/fault.ts";
import { zipOf } from "../../../lib/inputs/readers/combinations.ts";
import type { Source } from "../../../lib/job.ts";
import { endless, failing, inputsOf, iterate, list, Watched } from "../watched.ts";

const zip = (...parts: Source[]): Source => ({ kind: "zip", parts });

Deno.test("zipOf() gives its parts in step, until the shortest ends", async () => {
  assertEquals(await inputsOf(zip(list(1, 2, 3), list("a", "b"))), [[1, "a"], [2, "b"]]);
  const named: Source = { kind: "zip", parts: [list(1), list("a")], names: ["n", "__proto__"] };
  const [record] = await inputsOf(named);
  assertEquals(Object.entries(Object(record)), [["n", 1], ["__proto__", "a"]]);
});

Deno.test("zipOf() of no parts is empty", async () => {
  assertEquals(await inputsOf(zip()), []);
});

Deno.test("zipOf() gives the values of each position, whatever its parts wait for", async () => {
  const part = fc.record({ values: fc.array(fc.nat(9), { maxLength: 6 }), isLater: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (parts) => {
      const sources = parts.map(({ values, isLater }) =>
        isLater ? new Watched(values).source : list(...values)
      );
      const shortest = Math.min(...parts.map(({ values }) => values.length));
      const expected = Array.from(
        { length: shortest },
        (_, at) => parts.map(({ values }) => values[at]),
      );
      assertEquals(await inputsOf(zip(...sources)), expected);
    }),
  );
});

Deno.test("zipOf() reads its parts as they are used, and not beyond the shortest", async () => {
  const [first, second, third] = [
    new Watched(endless()),
    new Watched([1, 2]),
    new Watched(endless()),
  ] as const;
  const inputs = iterate(zip(first.source, second.source, third.source));
  assertEquals([first.opened, second.opened, third.opened], [0, 0, 0]);
  assertEquals((await inputs.next()).value, [0, 1, 0]);
  assertEquals([first.given, second.given, third.given], [1, 1, 1]);
  assertEquals((await inputs.next()).value, [1, 2, 1]);
  assertEquals((await inputs.next()).done, true);
  assertEquals([first.given, second.given, third.given], [3, 2, 2]);
  assertEquals([first.closed, second.closed, third.closed], [1, 1, 1]);
});

Deno.test("zipOf() reads endless parts that need no waiting", async () => {
  const range: Source = { kind: "range", first: 0, last: Infinity, step: 1 };
  const inputs = iterate(zip(range, range));
  for (let i = 0; i < 5000; i++) assertEquals((await inputs.next()).value, [i, i]);
});

Deno.test("zipOf() closes its parts at return()", async () => {
  const parts = [new Watched(endless()), new Watched(endless())];
  const inputs = iterate(zip(...parts.map(({ source }) => source)));
  await inputs.next();
  await inputs.return?.();
  assertEquals(parts.map(({ closed }) => closed), [1, 1]);
  assertEquals((await inputs.next()).done, true);
});

Deno.test("zipOf() passes on what a part throws and closes the others", async () => {
  const fault = new Fault("input", "broken");
  const parts = [new Watched(endless()), new Watched(failing(fault, 7)), new Watched(endless())];
  const inputs = iterate(zip(...parts.map(({ source }) => source)));
  assertEquals((await inputs.next()).value, [0, 7, 0]);
  assertStrictEquals(await assertRejects(() => inputs.next()), fault);
  assertEquals(parts.map(({ closed }) => closed), [1, 1, 1]);
  assertEquals((await inputs.next()).done, true);
});

Deno.test("zipOf() throws what went wrong first, not what went wrong as it closed", async () => {
  const fault = new Fault("input", "broken");
  const inputs = iterate(zip(uncloseable(), new Watched(failing(fault)).source));
  assertStrictEquals(await assertRejects(() => inputs.next()), fault);
});

Deno.test("zipOf() throws what goes wrong as it closes, and closes the others", async () => {
  const others = [new Watched(endless()), new Watched(endless())] as const;
  const message = "Cannot read inputs of a function: Error: cannot clean up";
  const ended = iterate(zip(uncloseable(), others[0].source, list(1)));
  assertEquals((await ended.next()).value, [1, 0, 1]);
  await assertRejects(() => ended.next(), Fault, message);
  const stopped = iterate(zip(uncloseable(), others[1].source));
  await stopped.next();
  await assertRejects(async () => await stopped.return?.(), Fault, message);
  assertEquals(others.map(({ closed }) => closed), [1, 1]);
});

Deno.test("zipOf() ends a next() that waits for a part at return()", async () => {
  const other = new Watched(endless());
  const lines: Source = { kind: "lines", nul: false };
  const inputs = iterate(zip(other.source, lines), new ReadableStream<Uint8Array>());
  const waiting = inputs.next();
  while (other.given === 0) await Promise.resolve();
  await inputs.return?.();
  assertEquals([(await waiting).done, other.closed], [true, 1]);
});

Deno.test("zipOf() closes parts that need no waiting, and gives what went before their fault", async () => {
  const fault = new Fault("input", "broken");
  let closed = 0;
  const values = function* () {
    try {
      yield* endless();
    } finally {
      closed++;
    }
  };
  const parts = new Map([[list(), values()], [list(), failing(fault, "a", "b")]]);
  const inputs = zipOf({ parts: [...parts.keys()] }, { open: (part) => parts.get(part) ?? [] })[
    Symbol.asyncIterator
  ]();
  assertEquals((await inputs.next()).value, [0, "a"]);
  assertEquals((await inputs.next()).value, [1, "b"]);
  assertStrictEquals(await assertRejects(() => inputs.next()), fault);
  assertEquals(closed, 1);
});

/** Numbers from 1, whose generator throws as it is stopped. */
function uncloseable(): Source {
  const open = function* () {
    try {
      for (const number of endless()) yield number + 1;
    } finally {
      cleanUp();
    }
  };
  return { kind: "iterable", open };
}

function cleanUp() {
  throw new Error("cannot clean up");
}
