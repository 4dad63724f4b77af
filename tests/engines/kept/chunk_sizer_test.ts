import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ChunkSizer } from "../../../lib/engines/kept/chunk_sizer.ts";

/** Two slots share the work. */
const AUTO = { chunk: "auto", slots: 2 } as const;

Deno.test("ChunkSizer keeps a size that is fixed", () => {
  const sizer = new ChunkSizer({ chunk: 7, slots: 1 });
  for (const tookMs of [0, 0.01, 10_000]) {
    assertEquals(sizer.size, 7);
    sizer.learn(7, tookMs);
  }
  assertEquals(sizer.size, 7);
});

Deno.test("ChunkSizer starts at one and grows at most fourfold", () => {
  const sizer = new ChunkSizer(AUTO);
  const sizes: number[] = [];
  for (let i = 0; i < 9; i++) {
    sizes.push(sizer.size);
    sizer.learn(sizer.size, 0);
  }
  assertEquals(sizes.slice(0, 3), [1, 2, 4]);
  assert(sizes.every((size, i) => i === 0 || size <= 4 * (sizes[i - 1] as number)), `${sizes}`);
});

/** The size for jobs of 1/128 ms once so much work has been done, in ms. */
function sizeAfter(sizer: ChunkSizer, workMs: number): number {
  for (let ms = 0; ms < workMs; ms++) sizer.learn(128, 1);
  return sizer.size;
}

Deno.test("ChunkSizer aims at the root of the work by the slots that may wait, from 4 to 32 ms", () => {
  const sizes = [16, 64, 100, 900, 2000].map((ms) => sizeAfter(new ChunkSizer(AUTO), ms) / 128);
  assertEquals(sizes.map(Math.round), [4, 8, 10, 30, 32]);
  const slots = [1, 2, 5].map((slots) => sizeAfter(new ChunkSizer({ ...AUTO, slots }), 400) / 128);
  assertEquals(slots.map(Math.round), [20, 20, 10]);
});

Deno.test("ChunkSizer knows of work that was done before only how long a job takes", () => {
  const sizer = new ChunkSizer(AUTO);
  assertEquals(Math.round(sizeAfter(sizer, 900) / 128), 30);
  sizer.restart();
  sizer.learn(128, 1);
  assertEquals(Math.round(sizer.size / 128), 4);
});

Deno.test("ChunkSizer has no message hold more than 10,000 jobs", () => {
  const sizer = new ChunkSizer(AUTO);
  for (let i = 0; i < 60; i++) sizer.learn(sizer.size, 0);
  assertEquals(sizer.size, 10_000);
  sizer.learn(1, 10_000);
  assertEquals(sizer.size, 1);
});

Deno.test("ChunkSizer has nothing wait at a slot before jobs are known to be short", () => {
  for (const chunk of [1, "auto"] as const) {
    const sizer = new ChunkSizer({ chunk, slots: 1 });
    assertEquals(sizer.batches, 1);
    sizer.learn(1, 2);
    assertEquals(sizer.batches, 2);
    sizer.learn(1, 1000);
    assertEquals(sizer.batches, 1);
  }
  const big = new ChunkSizer({ chunk: 1000, slots: 1 });
  big.learn(1000, 1000);
  assertEquals(big.batches, 1);
});

Deno.test("ChunkSizer always gives a size that can be taken", () => {
  const times = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.float({ min: 0, noNaN: true })),
  );
  fc.assert(fc.property(times, (learnt) => {
    const sizer = new ChunkSizer(AUTO);
    for (const [jobs, tookMs] of learnt) sizer.learn(jobs, tookMs);
    assert(
      Number.isSafeInteger(sizer.size) && sizer.size >= 1 && sizer.size <= 10_000,
      `${sizer.size}`,
    );
  }));
});
