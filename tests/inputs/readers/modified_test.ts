import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { Fault } from "../../../lib/fault.ts";
import { randomNumbers } from "../../../lib/inputs/readers/modified.ts";
import { Shuffle } from "../../../lib/inputs/readers/modified.ts";
import type { Modifying as Modifiers } from "../../../lib/inputs/readers/modified.ts";
import type { Source } from "../../../lib/job.ts";
import { endless, failing, inputsOf, iterate, list, Watched } from "../watched.ts";

const modified = (source: Source, modifiers: Modifiers): Source => ({
  kind: "modified",
  source,
  ...modifiers,
});

const ENDLESS: Source = { kind: "range", first: 0, last: Infinity, step: 1 };

/** The numbers below `length` in the order of a seed. */
function shuffled(length: number, shuffle: number, take?: number): Promise<unknown[]> {
  const numbers: Source = { kind: "range", first: 0, last: length - 1, step: 1 };
  return inputsOf(modified(numbers, { shuffle, take }));
}

/** What skip, take and batch make of an array. */
function sliced(values: readonly unknown[], { skip = 0, take, batch }: Modifiers): unknown[] {
  const taken = values.slice(skip).slice(0, take);
  if (batch === undefined) return taken;
  const count = Math.ceil(taken.length / batch);
  return Array.from({ length: count }, (_, i) => taken.slice(i * batch, (i + 1) * batch));
}

Deno.test("modified() skips, then takes, then batches", async () => {
  assertEquals(await inputsOf(modified(ENDLESS, { skip: 3, take: 5, batch: 2 })), [
    [3, 4],
    [5, 6],
    [7],
  ]);
  assertEquals(await inputsOf(modified(list(1, 2), {})), [1, 2]);
});

Deno.test("modified() is what slices of an array are, for any numbers", async () => {
  const some = (min: number) => fc.option(fc.integer({ min, max: 8 }), { nil: undefined });
  const modifiers = fc.record({ skip: some(0), take: some(0), batch: some(1) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(), { maxLength: 10 }),
      modifiers,
      async (values, modifiers) => {
        for (const source of [list(...values), new Watched(values).source]) {
          assertEquals(await inputsOf(modified(source, modifiers)), sliced(values, modifiers));
        }
      },
    ),
  );
});

Deno.test("modified() shuffles what it does not skip, and then takes and batches", async () => {
  const some = (min: number) => fc.option(fc.integer({ min, max: 40 }), { nil: undefined });
  const modifiers = fc.record({ skip: some(0), take: some(0), batch: some(1) });
  const values = fc.array(fc.nat(), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(values, modifiers, fc.double(), async (values, modifiers, shuffle) => {
      const { skip } = modifiers;
      const whole = await inputsOf(modified(list(...values), { skip, shuffle }));
      assertEquals(whole.toSorted(), values.slice(skip).toSorted());
      const given = await inputsOf(modified(new Watched(values).source, { ...modifiers, shuffle }));
      assertEquals(given, sliced(whole, { ...modifiers, skip: 0 }));
    }),
  );
});

Deno.test("modified() gives the order of a seed for ever", async () => {
  assertEquals(await shuffled(10, 7), [0, 6, 3, 4, 2, 7, 5, 1, 8, 9]);
  assertEquals(await shuffled(10, 0), [5, 1, 2, 3, 8, 4, 6, 0, 9, 7]);
  assertEquals(await shuffled(10, 2 ** 53 - 1, 3), [3, 0, 5]);
});

Deno.test("modified() gives every order of three values for as many of 6000 seeds", async () => {
  const counts: Record<string, number> = {};
  for (let seed = 0; seed < 6000; seed++) {
    const order = (await shuffled(3, seed)).join("");
    counts[order] = (counts[order] ?? 0) + 1;
  }
  assertEquals(counts, { 102: 963, 120: 998, 201: 1006, 210: 1017, "012": 1026, "021": 990 });
});

Deno.test("modified() takes every value at every place for as many seeds", () => {
  const counts = Array.from({ length: 3 }, () => new Array<number>(20).fill(0));
  for (let seed = 0; seed < 20_000; seed++) {
    const shuffle = new Shuffle(seed, 3);
    for (let value = 0; value < 20; value++) shuffle.add(value);
    for (const [at, value] of shuffle.end().entries()) {
      const places = counts[at];
      if (places) places[Number(value)] = (places[Number(value)] ?? 0) + 1;
    }
  }
  // Four standard deviations around 1000; the seeds are fixed, so this holds always or never.
  for (const count of counts.flat()) assert(count > 877 && count < 1123, String(count));
});

Deno.test("modified() lets go of inputs that are not in its sample", async () => {
  const seen = new Set<WeakRef<object>>();
  let held = 0;
  const open = async function* () {
    for (let i = 0; i < 10_000; i++) {
      const value = {};
      seen.add(new WeakRef(value));
      yield value;
    }
    // A weak reference keeps its target until the task ends.
    await new Promise((done) => setTimeout(done, 0));
    collectGarbage();
    held = [...seen].filter((reference) => reference.deref()).length;
  };
  const given = await inputsOf(modified({ kind: "iterable", open }, { shuffle: 7, take: 10 }));
  assertEquals(given.length, 10);
  assert(held >= 10 && held <= 20, String(held));
});

Deno.test("randomNumbers() gives the numbers of sfc32", () => {
  // Computed with Python, whose integers have no limits.
  const random = randomNumbers(0.5);
  assertEquals([random(), random(), random()], [
    0.3031724059150681,
    0.47007509446509943,
    0.12489548145333318,
  ]);
});

Deno.test("modified() reads as far as it takes, and closes the source with the last input", async () => {
  const source = new Watched(endless());
  const inputs = iterate(modified(source.source, { skip: 2, take: 3 }));
  assertEquals(source.opened, 0);
  for (const value of [2, 3, 4]) {
    assertEquals(await inputs.next(), { done: false, value });
    assertEquals(source.given, value + 1);
  }
  assertEquals(source.counts, "opened 1, given 5, closed 1");
  assertEquals((await inputs.next()).done, true);
});

Deno.test("modified() tells after its last input that the source could not be closed", async () => {
  const open = function* () {
    try {
      yield* endless();
    } finally {
      throwLate();
    }
  };
  const inputs = iterate(modified({ kind: "iterable", open }, { take: 1 }));
  assertEquals((await inputs.next()).value, 0);
  // By then, a promise that nobody handles would have ended the program.
  await new Promise((done) => setTimeout(done, 0));
  await assertRejects(() => inputs.next(), Fault, "Error: late");
});

Deno.test("modified() opens nothing to take nothing", async () => {
  for (const shuffle of [undefined, 1]) {
    const source = new Watched(endless());
    assertEquals(await inputsOf(modified(source.source, { skip: 1, shuffle, take: 0 })), []);
    assertEquals(source.opened, 0);
  }
});

Deno.test("modified() gives a batch as soon as it is full", async () => {
  const source = new Watched(endless());
  const inputs = iterate(modified(source.source, { batch: 2 }));
  assertEquals((await inputs.next()).value, [0, 1]);
  assertEquals(source.given, 2);
  await inputs.return?.();
  assertEquals(source.counts, "opened 1, given 2, closed 1");
});

Deno.test("modified() passes on what the source throws, after what went before", async () => {
  const fault = new Fault("input", "broken");
  const thrown = async (modifiers: Modifiers) => {
    const inputs = iterate(modified(new Watched(failing(fault, 1, 2, 3)).source, modifiers));
    const before: unknown[] = [];
    const error = await assertRejects(async () => {
      for (;;) before.push((await inputs.next()).value);
    });
    assertStrictEquals(error, fault);
    assertEquals((await inputs.next()).done, true);
    return before;
  };
  assertEquals(await thrown({ skip: 1 }), [2, 3]);
  assertEquals(await thrown({ batch: 2 }), [[1, 2]]);
  assertEquals(await thrown({ shuffle: 1 }), []);
  assertEquals(await inputsOf(modified(new Watched(failing(fault, 1)).source, { take: 1 })), [1]);
});

Deno.test("modified() ends a next() that waits at return()", async () => {
  for (const modifiers of [{ skip: 1 }, { shuffle: 1 }, { batch: 2 }]) {
    const lines: Source = { kind: "lines", nul: false };
    const inputs = iterate(modified(lines, modifiers), new ReadableStream<Uint8Array>());
    const waiting = inputs.next();
    await Promise.resolve();
    await inputs.return?.();
    assertEquals((await waiting).done, true);
  }
});

/** Frees what nothing refers to any more, at once. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

function throwLate(): void {
  throw new Error("late");
}

Deno.test("modified() begins behind what is skipped of a range or a list, without counting as far", async () => {
  const range: Source = { kind: "range", first: 5, last: 1e15, step: 5 };
  assertEquals(await inputsOf(modified(range, { skip: 1e14, take: 2 })), [5e14 + 5, 5e14 + 10]);
  const tenths: Source = { kind: "range", first: 0, last: 1e9, step: 0.1 };
  assertEquals(await inputsOf(modified(tenths, { skip: 3, take: 2 })), [0.3, 0.4]);
  assertEquals(await inputsOf(modified(range, { skip: 1e15, take: 2 })), []);
  assertEquals(await inputsOf(modified(list(1, 2, 3), { skip: 2 })), [3]);
  assertEquals(await inputsOf(modified(list(1, 2, 3), { skip: 1e15 })), []);
});

Deno.test("modified() leaves turns to others and can be ended, however much is to be read before an input", async () => {
  const pairs: Source = { kind: "product", parts: [ENDLESS, list(1, 2)] };
  const twice: Source = { kind: "zip", parts: [ENDLESS, ENDLESS] };
  for (const source of [pairs, twice, modified(ENDLESS, { take: Infinity })]) {
    for (const modifiers of [{ skip: 1e15 }, { shuffle: 1, take: 2 }, { skip: 1e15, batch: 10 }]) {
      const inputs = iterate(modified(source, modifiers));
      const first = inputs.next();
      // It would never come if the inputs were read without a pause.
      await new Promise((turn) => setTimeout(turn));
      await inputs.return?.();
      assertEquals(await first, { done: true, value: undefined });
    }
  }
});

Deno.test("a batch makes no list of inputs without end, however large it may be", async () => {
  const batch = (last: number) =>
    inputsOf(modified({ kind: "range", first: 1, last, step: 1 }, { batch: 1e12 }));
  assertEquals(await batch(3), [[1, 2, 3]]);
  const message = "Cannot make one input of more than 4194304 inputs";
  await assertRejects(() => batch(1e12), Fault, message);
});
