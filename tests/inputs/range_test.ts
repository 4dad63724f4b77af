import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Fault } from "../../lib/fault.ts";
import { rangeOf } from "../../lib/inputs/range.ts";

function range(first: number, last: number, step = 1): number[] {
  return [...rangeOf({ kind: "range", first, last, step })];
}

Deno.test("rangeOf() includes both ends", () => {
  assertEquals(range(1, 5), [1, 2, 3, 4, 5]);
  assertEquals(range(3, 3), [3]);
  assertEquals(range(1, 10, 5), [1, 6]);
  assertEquals(range(2, -2, -2), [2, 0, -2]);
});

Deno.test("rangeOf() gives nothing where the step leads away from the end", () => {
  assertEquals(range(2, 1), []);
  assertEquals(range(1, 2, -1), []);
});

Deno.test("rangeOf() gives the fractions that are meant", () => {
  assertEquals(range(0, 0.3, 0.1), [0, 0.1, 0.2, 0.3]);
  assertEquals(range(100, 100.3, 0.1), [100, 100.1, 100.2, 100.3]);
  assertEquals(range(1, 0, -0.25), [1, 0.75, 0.5, 0.25, 0]);
  assertEquals(range(0, 0.35, 0.1), [0, 0.1, 0.2, 0.3]);
  assertEquals(range(0, 3e-7, 1e-7), [0, 1e-7, 2e-7, 3e-7]);
  assertEquals(range(1e300, 3e300, 1e300), [1e300, 2e300, 3e300]);
});

Deno.test("rangeOf() adds up no errors over a million fractions", () => {
  let last = 0;
  let count = 0;
  for (const value of rangeOf({ kind: "range", first: 0, last: 1e5, step: 0.1 })) {
    last = value;
    count++;
  }
  assertEquals([count, last], [1_000_001, 100_000]);
});

Deno.test("rangeOf() gives numbers as their decimals are written", () => {
  const decimal = fc.integer({ min: -9999, max: 9999 });
  fc.assert(fc.property(decimal, fc.nat(40), fc.integer({ min: 1, max: 500 }), (first, n, step) => {
    const written = (thousandths: number) => thousandths / 1000;
    const numbers = range(written(first), written(first + n * step), written(step));
    assertEquals(numbers, Array.from({ length: n + 1 }, (_, i) => written(first + i * step)));
  }));
});

Deno.test("rangeOf() goes on to infinity, lazily", () => {
  const numbers = rangeOf({ kind: "range", first: 1, last: Infinity, step: 0.5 });
  assertEquals([...numbers.take(3)], [1, 1.5, 2]);
});

Deno.test("rangeOf() refuses to count in steps that lead nowhere", () => {
  for (const [first, last, step] of [[1, 2, 0], [NaN, 2, 1], [1, NaN, 1], [1, 2, Infinity]]) {
    const fault = assertThrows(() => range(first ?? 0, last ?? 0, step), Fault);
    assertEquals(fault.kind, "input");
  }
  assertEquals(
    assertThrows(() => range(1, 2, 0)).message,
    "Cannot count from 1 to 2 in steps of 0, expected numbers and a step that leads on",
  );
});
