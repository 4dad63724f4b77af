import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Pace } from "../../../lib/engines/kept/chunk_sizer.ts";

/** Two slots share the work. */
const AUTO = { chunk: "auto", slots: 2 } as const;

Deno.test("Pace keeps a size that is fixed", () => {
  const pace = new Pace({ chunk: 7, slots: 1 });
  for (const tookMs of [0, 0.01, 10_000]) {
    assertEquals(pace.size, 7);
    pace.learn(7, tookMs);
  }
  assertEquals(pace.size, 7);
});

Deno.test("Pace starts at one and grows at most fourfold", () => {
  const pace = new Pace(AUTO);
  const sizes: number[] = [];
  for (let i = 0; i < 9; i++) {
    sizes.push(pace.size);
    pace.learn(pace.size, 0);
  }
  assertEquals(sizes.slice(0, 3), [1, 2, 4]);
  assert(sizes.every((size, i) => i === 0 || size <= 4 * (sizes[i - 1] as number)), `${sizes}`);
});

/** The size for jobs of 1/128 ms once so much work has been done, in ms. */
function sizeAfter(pace: Pace, workMs: number): number {
  for (let ms = 0; ms < workMs; ms++) pace.learn(128, 1);
  return pace.size;
}

Deno.test("Pace aims at the root of the work by the slots that may wait, from 4 to 32 ms", () => {
  const sizes = [16, 64, 100, 900, 2000].map((ms) => sizeAfter(new Pace(AUTO), ms) / 128);
  assertEquals(sizes.map(Math.round), [4, 8, 10, 30, 32]);
  const slots = [1, 2, 5].map((slots) => sizeAfter(new Pace({ ...AUTO, slots }), 400) / 128);
  assertEquals(slots.map(Math.round), [20, 20, 10]);
});

Deno.test("Pace knows of work that was done before only how long a job takes", () => {
  const pace = new Pace(AUTO);
  assertEquals(Math.round(sizeAfter(pace, 900) / 128), 30);
  pace.restart();
  pace.learn(128, 1);
  assertEquals(Math.round(pace.size / 128), 4);
});

Deno.test("Pace has no message hold more than 10,000 jobs", () => {
  const pace = new Pace(AUTO);
  for (let i = 0; i < 60; i++) pace.learn(pace.size, 0);
  assertEquals(pace.size, 10_000);
  pace.learn(1, 10_000);
  assertEquals(pace.size, 1);
});

Deno.test("Pace has nothing wait at a slot before jobs are known to be short", () => {
  for (const chunk of [1, "auto"] as const) {
    const pace = new Pace({ chunk, slots: 1 });
    assertEquals(pace.flights, 1);
    pace.learn(1, 2);
    assertEquals(pace.flights, 2);
    pace.learn(1, 1000);
    assertEquals(pace.flights, 1);
  }
  const big = new Pace({ chunk: 1000, slots: 1 });
  big.learn(1000, 1000);
  assertEquals(big.flights, 1);
});

Deno.test("Pace always gives a size that can be taken", () => {
  const times = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.float({ min: 0, noNaN: true })),
  );
  fc.assert(fc.property(times, (learnt) => {
    const pace = new Pace(AUTO);
    for (const [jobs, tookMs] of learnt) pace.learn(jobs, tookMs);
    assert(
      Number.isSafeInteger(pace.size) && pace.size >= 1 && pace.size <= 10_000,
      `${pace.size}`,
    );
  }));
});
