import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { gather } from "fanfold";
import fc from "fast-check";
import { Gate, settle } from "../support/gate.ts";

/** The numbers from 0 on; counts how many were read, and notes its end. */
function counted(end = Infinity) {
  const seen = { read: 0, isClosed: false };
  const source = {
    *[Symbol.iterator]() {
      try {
        for (let n = 0; n < end; n++) {
          seen.read++;
          yield n;
        }
      } finally {
        seen.isClosed = true;
      }
    },
  };
  return { seen, source };
}

async function* later<T>(source: Iterable<T>): AsyncGenerator<T> {
  for (const item of source) yield await Promise.resolve(item);
}

Deno.test("gather() yields in the order of the items when they end in reverse", async () => {
  const gate = new Gate();
  const results = Array.fromAsync(
    gather([0, 1, 2, 3], (n) => gate.pass(n).then(() => n * 2), { slots: 4 }),
  );
  for (const n of [3, 2, 1, 0]) {
    gate.open(n);
    await settle();
  }
  assertEquals(await results, [0, 2, 4, 6]);
});

Deno.test("gather() yields as items end when ordered is false", async () => {
  const gate = new Gate();
  const results = gather([0, 1, 2], (n) => gate.pass(n).then(() => n), {
    slots: 3,
    ordered: false,
  });
  const seen: number[] = [];
  for (const n of [2, 0, 1]) {
    const next = results.next();
    gate.open(n);
    seen.push((await next).value as number);
  }
  assertEquals(seen, [2, 0, 1]);
});

Deno.test("gather() never works on more items at once than there are slots", async () => {
  let now = 0;
  let most = 0;
  const work = async (n: number) => {
    most = Math.max(most, ++now);
    await settle();
    now--;
    return n;
  };
  await Array.fromAsync(gather(Array(40).keys(), work, { slots: 3 }));
  assertEquals(most, 3);
});

for (const kind of ["sync", "async"]) {
  Deno.test(`gather() leaves a ${kind} source unread while the window is full`, async () => {
    const gate = new Gate();
    const { seen, source } = counted();
    const results = gather(
      kind === "sync" ? source : later(source),
      (n) => n === 0 ? gate.pass(0).then(() => n) : n,
      { slots: 2, window: 7 },
    );
    const first = results.next();
    await settle();
    assert(seen.read <= 7, `${seen.read} read`);
    gate.open(0);
    assertEquals((await first).value, 0);
    await results.return();
    assert(seen.isClosed);
  });
}

Deno.test("gather() closes the source, aborts the work and waits for it when the reader leaves", async () => {
  const { seen, source } = counted();
  let ended = 0;
  const work = async (n: number, { signal }: { signal: AbortSignal }) => {
    if (n === 0) return n;
    await new Promise((done) => signal.addEventListener("abort", done));
    await settle();
    ended++;
    return n;
  };
  for await (const n of gather(source, work, { slots: 3 })) {
    assertEquals(n, 0);
    break;
  }
  assertEquals(ended, 3);
  assert(seen.isClosed);
});

Deno.test("gather() does not wait for a source that never gives its next item", async () => {
  const source = async function* () {
    yield 0;
    await new Promise<never>(() => {});
  };
  for await (const n of gather(source(), (n) => n, { slots: 2 })) {
    assertEquals(n, 0);
    break;
  }
});

Deno.test("gather() throws what went wrong first, not what its source throws as it is closed", async () => {
  const source = () => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false as const, value: 1 }),
      return: () => Promise.reject(new Error("no return")),
    }),
  });
  const refuse = () => Promise.reject(new RangeError("no work"));
  await assertRejects(() => Array.fromAsync(gather(source(), refuse)), RangeError, "no work");
  const results = gather(source(), (n) => n);
  await results.next();
  await assertRejects(() => results.return(), Error, "no return");
});

Deno.test("gather() leaves a source alone until the first result is asked for", async () => {
  const stream = new ReadableStream<number>();
  const results = gather(stream, (n) => n);
  await results.return();
  assertEquals(stream.locked, false);
  assertThrows(() => gather(5 as unknown as number[], (n) => n), TypeError, "gather a number");
});

Deno.test("gather() throws what an item threw at its turn", async () => {
  const seen: number[] = [];
  const reason = await assertRejects(async () => {
    for await (
      const n of gather([0, 1, 2, 3], (n) => {
        if (n === 2) throw new RangeError("two");
        return n;
      }, { slots: 2 })
    ) seen.push(n);
  }, RangeError);
  assertEquals(reason.message, "two");
  assertEquals(seen, [0, 1]);
});

Deno.test("gather() throws undefined when an item throws undefined", async () => {
  let thrown: unknown = "nothing";
  try {
    await Array.fromAsync(gather([1], () => Promise.reject(undefined)));
  } catch (reason) {
    thrown = reason;
  }
  assertEquals(thrown, undefined);
});

Deno.test("gather() yields undefined results and holes of the order alike", async () => {
  const results = await Array.fromAsync(gather([1, 2, 3], (n) => n === 2 ? undefined : n));
  assertEquals(results, [1, undefined, 3]);
});

for (const kind of ["sync", "async"]) {
  Deno.test(`gather() yields what was taken before a ${kind} source throws`, async () => {
    const source = function* () {
      yield 1;
      yield 2;
      throw new Error("no third");
    };
    const seen: number[] = [];
    await assertRejects(
      async () => {
        const from = kind === "sync" ? source() : later(source());
        for await (const n of gather(from, (n) => n, { slots: 2 })) seen.push(n);
      },
      Error,
      "no third",
    );
    assertEquals(seen, [1, 2]);
  });
}

Deno.test("gather() of nothing yields nothing", async () => {
  assertEquals(await Array.fromAsync(gather([], (n) => n)), []);
  assertEquals(await Array.fromAsync(gather(later([]), (n) => n)), []);
});

Deno.test("gather() refuses numbers of slots and windows that make no sense", () => {
  for (const slots of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => gather([], (n) => n, { slots }), RangeError, `${slots} slots`);
  }
  assertThrows(() => gather([], (n) => n, { slots: 4, window: 3 }), RangeError, "window of 3");
});

Deno.test("gather() gives every item once and in order, however long each takes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(6), { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 9 }),
      fc.boolean(),
      async (turns, slots, more, isAsync) => {
        const items = turns.map((turn, index) => ({ turn, index }));
        const work = async (item: { turn: number; index: number }) => {
          for (let i = 0; i < item.turn; i++) await Promise.resolve();
          return item.index;
        };
        const options = { slots, window: slots + more };
        const results = await Array.fromAsync(
          gather(isAsync ? later(items) : items, work, options),
        );
        assertEquals(results, items.map((item) => item.index));
      },
    ),
  );
});
