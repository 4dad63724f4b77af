import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Jobs } from "../../lib/engines/consecutive_jobs.ts";
import { slowestFirst } from "../../lib/run/slowest_first.ts";

/** The inputs of each part; a time stands for itself, and `NaN` for one that is not known. */
function partsOf(
  times: readonly number[],
  { first = 0, slots = 1, share = 100 }: {
    readonly first?: number;
    readonly slots?: number;
    readonly share?: number;
  } = {},
): readonly Jobs[] {
  const jobs = [{ first, inputs: times, attempt: 1 }];
  const timeOf = (input: unknown) => Number.isNaN(input) ? undefined : input as number;
  return slowestFirst(jobs, { timeOf, slots, share });
}

function inputsOf(parts: readonly Jobs[]): (readonly unknown[])[] {
  return parts.map(({ inputs }) => inputs);
}

Deno.test("slowestFirst() puts new jobs in front, then each slow one by itself, then those that are quick", () => {
  const parts = partsOf([1, 50, NaN, NaN, 900, 2, 3, 900, NaN], { first: 5 });
  assertEquals(inputsOf(parts), [[NaN, NaN], [NaN], [900], [900], [50], [1], [2, 3]]);
  assertEquals(parts.map(({ first }) => first), [7, 13, 9, 12, 6, 5, 10]);
});

Deno.test("slowestFirst() tells jobs apart from 4 ms on, or from a thousandth of the work of a slot on", () => {
  assertEquals(inputsOf(partsOf([3.9, 4, 5])), [[5], [4], [3.9]]);
  assertEquals(inputsOf(partsOf([9, 10, 19_981])), [[19_981], [9, 10]]);
  assertEquals(inputsOf(partsOf([9, 10, 19_981], { slots: 2 })), [[19_981], [10], [9]]);
});

Deno.test("slowestFirst() lets no more jobs go together than their share", () => {
  assertEquals(inputsOf(partsOf([1, 2, 3, 1, 2], { share: 2 })), [[1, 2], [3, 1], [2]]);
  assertEquals(inputsOf(partsOf([NaN, NaN, NaN], { share: 2 })), [[NaN, NaN], [NaN]]);
});

Deno.test("slowestFirst() has every job once, with its own index", () => {
  const times = fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(NaN)));
  fc.assert(fc.property(times, fc.integer({ min: 1, max: 9 }), (times, share) => {
    const all = partsOf(times, { share }).flatMap(({ first, inputs }) =>
      inputs.map((input, i) => [first + i, input] as const)
    );
    assertEquals(all.toSorted(([a], [b]) => a - b), [...times.entries()]);
    const ranks = all.map(([, ms]) => Number.isNaN(ms) ? Infinity : Math.max(4, Number(ms)));
    assertEquals(ranks, ranks.toSorted((a, b) => b === a ? 0 : b - a));
  }));
});
