import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Fault } from "../../../lib/fault.ts";
import { openInputs } from "../../../lib/inputs/open.ts";
import type { Source } from "../../../lib/job.ts";
import { endless, failing, inputsOf, iterate, list, stdinOf, Watched } from "../watched.ts";

const product = (...parts: Source[]): Source => ({ kind: "product", parts });

/** The combinations, by nested loops. */
function loops(lists: readonly unknown[][]): unknown[][] {
  const [first, ...rest] = lists;
  if (!first) return [[]];
  return first.flatMap((value) => loops(rest).map((combination) => [value, ...combination]));
}

Deno.test("productOf() gives every combination, the last part fastest", async () => {
  assertEquals(await inputsOf(product(list("a", "b"), list(1, 2), list(true))), [
    ["a", 1, true],
    ["a", 2, true],
    ["b", 1, true],
    ["b", 2, true],
  ]);
});

Deno.test("productOf() gives records by the names of its parts, whatever they are", async () => {
  const parts = [list("a"), list(1, 2)];
  const named = (names: string[]) => inputsOf({ kind: "product", parts, names });
  assertEquals(await named(["letter", "digit"]), [
    { letter: "a", digit: 1 },
    { letter: "a", digit: 2 },
  ]);
  const [record] = await named(["__proto__", "toString"]);
  assertEquals(Object.entries(Object(record)), [["__proto__", "a"], ["toString", 1]]);
});

Deno.test("productOf() gives each combination an object of its own", async () => {
  const [one, other] = await inputsOf(product(list(1, 2)));
  assertEquals([one, other], [[1], [2]]);
});

Deno.test("productOf() of no parts is the empty combination", async () => {
  assertEquals(await inputsOf(product()), [[]]);
  assertEquals(await inputsOf({ kind: "product", parts: [], names: [] }), [{}]);
});

Deno.test("productOf() is nested loops, whatever its parts have to wait for", async () => {
  const part = fc.record({ values: fc.array(fc.nat(9), { maxLength: 4 }), isLater: fc.boolean() });
  await fc.assert(fc.asyncProperty(fc.array(part, { maxLength: 4 }), async (parts) => {
    const sources = parts.map(({ values, isLater }) =>
      isLater ? new Watched(values).source : list(...values)
    );
    assertEquals(await inputsOf(product(...sources)), loops(parts.map(({ values }) => values)));
  }));
});

Deno.test("productOf() reads its first part as it is used, and holds none of it", async () => {
  const first = new Watched(endless());
  const inputs = iterate(product(first.source, list("a", "b")));
  assertEquals(first.counts, "opened 0, given 0, closed 0");
  assertEquals((await inputs.next()).value, [0, "a"]);
  assertEquals((await inputs.next()).value, [0, "b"]);
  assertEquals(first.counts, "opened 1, given 1, closed 0");
  assertEquals((await inputs.next()).value, [1, "a"]);
  await inputs.return?.();
  assertEquals(first.counts, "opened 1, given 2, closed 1");
  assertEquals((await inputs.next()).done, true);
});

Deno.test("productOf() goes on with an endless first part that needs no waiting", async () => {
  const range: Source = { kind: "range", first: 1, last: Infinity, step: 1 };
  const inputs = iterate(product(range, list("a", "b")));
  for (let i = 2; i < 10_000; i++) {
    assertEquals((await inputs.next()).value, [i >> 1, i % 2 ? "b" : "a"]);
  }
});

Deno.test("productOf() ends at an empty part, however many values the others have", async () => {
  for (const empty of [list(), new Watched([]).source]) {
    const first = new Watched(endless());
    const second = new Watched(endless());
    assertEquals(await inputsOf(product(first.source, second.source, empty)), []);
    assertEquals(first.counts, "opened 1, given 1, closed 1");
    assertEquals(second.counts, "opened 1, given 1, closed 1");
  }
  const later = new Watched([1]);
  assertEquals(await inputsOf(product(list(), later.source)), []);
  assertEquals(later.opened, 0);
});

Deno.test("productOf() reads the other parts once, and functions however much they give", async () => {
  for (const length of [3, 10_000, 10_001]) {
    const part = new Watched(endless().take(length));
    assertEquals((await inputsOf(product(list(1, 2, 3), part.source))).length, 3 * length);
    assertEquals(part.counts, `opened 1, given ${length}, closed 1`);
  }
});

Deno.test("productOf() reads a part again that is too long to be held", async () => {
  const opened = async (length: number) => {
    const path = await Deno.makeTempFile();
    const open = Deno.open;
    let count = 0;
    Deno.open = (...parameters) => (count++, open(...parameters));
    try {
      await Deno.writeTextFile(path, "x\n".repeat(length));
      const lines: Source = { kind: "lines", path, nul: false };
      const whole: Source = { kind: "modified", source: product(lines), batch: 1 };
      assertEquals((await inputsOf(product(list(1, 2, 3), whole))).length, 3 * length);
      return count;
    } finally {
      Deno.open = open;
      await Deno.remove(path);
    }
  };
  assertEquals([await opened(10_000), await opened(10_001)], [1, 3]);
});

Deno.test("productOf() holds all lines of stdin, which cannot be read again", async () => {
  const lines = Array.from({ length: 10_001 }, (_, line) => String(line));
  const inputs = openInputs(product(list("a", "b"), { kind: "lines", nul: false }), {
    stdin: stdinOf(lines),
  });
  const given = await Array.fromAsync(inputs as AsyncIterable<unknown>);
  assertEquals(given, ["a", "b"].flatMap((letter) => lines.map((line) => [letter, line])));
});

Deno.test("productOf() passes on what a part throws, after the combinations before it", async () => {
  const fault = new Fault("input", "broken");
  const failures: readonly (readonly [Source[], unknown[]])[] = [
    [[new Watched(failing(fault, 1, 2)).source, list("a")], [[1, "a"], [2, "a"]]],
    [[list(1, 2), new Watched(failing(fault, "a")).source], [[1, "a"]]],
  ];
  for (const [parts, before] of failures) {
    const other = new Watched([7]);
    const inputs = iterate(product(...parts, other.source));
    for (const combination of before) {
      assertEquals((await inputs.next()).value, [combination, 7].flat());
    }
    assertStrictEquals(await assertRejects(() => inputs.next()), fault);
    assertEquals(other.closed, 1);
    assertEquals((await inputs.next()).done, true);
  }
});

Deno.test("productOf() passes on a fault that needs no waiting", async () => {
  const wrong: Source = { kind: "range", first: 1, last: 2, step: 0 };
  await assertRejects(() => inputsOf(product(list(1), wrong)), Fault, "Cannot count from 1 to 2");
});

Deno.test("productOf() ends a next() that waits for a part at return()", async () => {
  const stdin = new ReadableStream<Uint8Array>();
  const inputs = iterate(product(list(1), { kind: "lines", nul: false }), stdin);
  const waiting = inputs.next();
  await Promise.resolve();
  await inputs.return?.();
  assertEquals((await waiting).done, true);
});
