import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Pace } from "../../lib/engines/pace.ts";

Deno.test("Pace keeps a size that is fixed", () => {
  const pace = new Pace(7);
  for (const tookMs of [0, 0.01, 10_000]) {
    assertEquals(pace.size, 7);
    pace.learn(7, tookMs);
  }
  assertEquals(pace.size, 7);
});

Deno.test("Pace starts at one and grows at most fourfold", () => {
  const pace = new Pace("auto");
  const sizes: number[] = [];
  for (let i = 0; i < 9; i++) {
    sizes.push(pace.size);
    pace.learn(pace.size, 0);
  }
  assertEquals(sizes.slice(0, 3), [1, 2, 4]);
  assert(sizes.every((size, i) => i === 0 || size <= 4 * (sizes[i - 1] as number)), `${sizes}`);
});

Deno.test("Pace aims at 4 ms of work, and at a hundredth of all work up to 32 ms", () => {
  const pace = new Pace("auto");
  let workMs = 0;
  const learn = (jobs: number) => {
    pace.learn(jobs, jobs * 0.01);
    workMs += jobs * 0.01;
  };
  for (let i = 0; i < 60; i++) learn(pace.size);
  assertEquals([pace.size, workMs < 400], [399, true]);
  learn(80_000 - workMs * 100);
  assertEquals(pace.size, 799);
  learn(240_000);
  for (let i = 0; i < 60; i++) learn(pace.size);
  assertEquals(pace.size, 3200);
  for (let i = 0; i < 60; i++) pace.learn(pace.size, 0);
  assertEquals(pace.size, 10_000);
  pace.learn(1, 10_000);
  assertEquals(pace.size, 1);
});

Deno.test("Pace has nothing wait at a slot before jobs are known to be short", () => {
  for (const chunk of [1, "auto"] as const) {
    const pace = new Pace(chunk);
    assertEquals(pace.flights, 1);
    pace.learn(1, 2);
    assertEquals(pace.flights, 2);
    pace.learn(1, 1000);
    assertEquals(pace.flights, 1);
  }
  const big = new Pace(1000);
  big.learn(1000, 1000);
  assertEquals(big.flights, 1);
});

Deno.test("Pace always gives a size that can be taken", () => {
  const times = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.float({ min: 0, noNaN: true })),
  );
  fc.assert(fc.property(times, (learnt) => {
    const pace = new Pace("auto");
    for (const [jobs, tookMs] of learnt) pace.learn(jobs, tookMs);
    assert(
      Number.isSafeInteger(pace.size) && pace.size >= 1 && pace.size <= 10_000,
      `${pace.size}`,
    );
  }));
});
