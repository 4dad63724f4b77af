import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { openInputs } from "../../lib/inputs/open.ts";
import type { Source } from "../../lib/job.ts";

/** An iterator over a source, of whichever sort it is. */
function iterate(source: Source, stdin?: ReadableStream<Uint8Array>) {
  const inputs = openInputs(source, { stdin });
  return Symbol.asyncIterator in inputs
    ? inputs[Symbol.asyncIterator]()
    : inputs[Symbol.iterator]();
}

Deno.test("openInputs() gives a list as it is", () => {
  const value = {};
  const inputs = openInputs({ kind: "list", values: [1, undefined, value] });
  assertEquals(Symbol.iterator in inputs && [...inputs], [1, undefined, value]);
});

Deno.test("openInputs() passes on what a generator gives, synchronous or not", async () => {
  const given = (open: () => Iterable<unknown> | AsyncIterable<unknown>) =>
    Array.fromAsync(openInputs({ kind: "iterable", open }) as AsyncIterable<unknown>);
  const promised = function* () {
    yield 1;
    yield Promise.resolve(2);
  };
  assertEquals(await given(promised), [1, 2]);
  assertEquals(
    await given(async function* () {
      yield* [undefined, await Promise.resolve(null)];
    }),
    [undefined, null],
  );
  assertEquals(await given(() => new Set([3, 4])), [3, 4]);
});

Deno.test("openInputs() calls a generator at the first next() and stops it at return()", async () => {
  const told: string[] = [];
  const open = function* () {
    told.push("opened");
    try {
      yield 1;
      yield 2;
    } finally {
      told.push("closed");
    }
  };
  const inputs = iterate({ kind: "iterable", open });
  assertEquals(told, []);
  assertEquals(await inputs.next(), { done: false, value: 1 });
  assertEquals(told, ["opened"]);
  await inputs.return?.();
  assertEquals(told, ["opened", "closed"]);
  assertEquals(await inputs.next(), { done: true, value: undefined });
});

Deno.test("openInputs() never calls a generator that is stopped before its first next()", async () => {
  const open = () => {
    throw new Error("was called");
  };
  const inputs = iterate({ kind: "iterable", open });
  await inputs.return?.();
  assertEquals(await inputs.next(), { done: true, value: undefined });
});

Deno.test("openInputs() makes a fault of what a generator throws, once", async () => {
  const boom = new RangeError("no rows");
  const inputs = iterate({
    kind: "iterable",
    open: async function* () {
      yield await Promise.resolve(1);
      throw boom;
    },
  });
  await inputs.next();
  const fault = await assertRejects(async () => await inputs.next(), Fault);
  assertEquals([fault.kind, fault.mistakes[0]?.message], [
    "input",
    "Cannot read inputs of a function: RangeError: no rows",
  ]);
  assertStrictEquals(fault.cause, boom);
  assertEquals(await inputs.next(), { done: true, value: undefined });
});

Deno.test("openInputs() makes a fault of whatever goes wrong with a generator", async () => {
  const fault = (open: () => Iterable<unknown>) =>
    assertRejects(async () => await iterate({ kind: "iterable", open }).next(), Fault);
  const throwing = (thrown: unknown) => () => {
    throw thrown;
  };
  assertEquals(
    (await fault(throwing(undefined))).message,
    "Cannot read inputs of a function: undefined was thrown, which is no error",
  );
  const own = new Fault("usage", "mine");
  assertStrictEquals(await fault(throwing(own)), own);
  assertEquals(
    (await fault(() => JSON.parse("7"))).message,
    "Cannot read inputs of a function: TypeError: found 7, expected an iterable",
  );
  assertEquals(
    (await fault(() => [Promise.reject(new Error("late"))])).mistakes[0]?.message,
    "Cannot read inputs of a function: Error: late",
  );
});

Deno.test("openInputs() makes a fault of what a generator throws as it is stopped", async () => {
  const inputs = iterate({
    kind: "iterable",
    open: function* () {
      try {
        yield 1;
      } finally {
        cleanUp();
      }
    },
  });
  await inputs.next();
  const fault = await assertRejects(async () => await inputs.return?.(), Fault);
  assertEquals(
    fault.mistakes[0]?.message,
    "Cannot read inputs of a function: Error: cannot clean up",
  );
});

Deno.test("openInputs() opens sources within sources, to any depth and from the same stdin", async () => {
  const source: Source = {
    kind: "modified",
    skip: 1,
    take: 3,
    source: {
      kind: "product",
      names: ["row", "name"],
      parts: [
        {
          kind: "zip",
          parts: [
            { kind: "range", first: 1, last: Infinity, step: 1 },
            { kind: "iterable", open: () => ["a", "b", "c"] },
          ],
        },
        { kind: "lines", nul: false },
      ],
    },
  };
  const stdin = ReadableStream.from([new TextEncoder().encode("x\ny\n")]);
  const inputs = openInputs(source, { stdin }) as AsyncIterable<unknown>;
  assertEquals(await Array.fromAsync(inputs), [
    { row: [1, "a"], name: "y" },
    { row: [2, "b"], name: "x" },
    { row: [2, "b"], name: "y" },
  ]);
});

function cleanUp() {
  throw new Error("cannot clean up");
}
