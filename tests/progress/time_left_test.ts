import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { TimeLeft } from "../../lib/progress/time_left.ts";
import { FAMILIES, replayOf, Score, TRENDS } from "../support/replayed_runs.ts";

/** How many runs of each family are replayed, and from which seed on; if that is told, what comes of it is printed. */
const REPLAYS = Number(Deno.env.get("TIME_LEFT_REPLAYS") ?? 60);
const SEED = Number(Deno.env.get("TIME_LEFT_SEED") ?? 1);

function scores(families: typeof FAMILIES, lost = 0, replays = REPLAYS): Record<string, Score> {
  return Object.fromEntries(
    Object.entries(families).map(([name, family]) => {
      const score = new Score();
      for (let seed = SEED; seed < SEED + replays; seed++) {
        score.add(replayOf(family, seed, new TimeLeft(), lost));
      }
      if (Deno.env.has("TIME_LEFT_REPLAYS")) console.log(name.padEnd(15), String(score));
      return [name, score];
    }),
  );
}

/** An estimator that has seen jobs of such durations end. */
function seen(durations: readonly number[], before: readonly number[] = []): TimeLeft {
  const timeLeft = new TimeLeft(before);
  for (const durationMs of durations) timeLeft.ended(durationMs);
  return timeLeft;
}

/** Durations that are spread evenly between two, in ms. */
const spread = (count: number, low: number, high: number) =>
  Array.from({ length: count }, (_, index) => low + (high - low) * (index * 7 % count) / count);

Deno.test("TimeLeft.look() holds the true end in 75 to 85 % of the looks, and in 70 % of each family", () => {
  const families = scores(FAMILIES);
  const all = new Score();
  for (const [name, score] of Object.entries(families)) {
    all.add(score);
    assert(score.insideShare >= 0.7, `${name}: ${score}`);
  }
  assert(all.insideShare >= 0.75 && all.insideShare <= 0.85, `${all}`);
  assertEquals(all.absurd, 0);
  // Behind the last start the middle may rise: a job that runs for long is likely to run for longer still.
  assert(all.risesWaiting <= all.stepsWaiting / 3, `${all}`);
});

Deno.test("TimeLeft.look() gives no absurd range where jobs get longer or shorter", () => {
  for (const [name, score] of Object.entries(scores(TRENDS, 0, REPLAYS / 3))) {
    assertEquals(score.absurd, 0, `${name}: ${score}`);
  }
});

Deno.test("TimeLeft.look() holds the true end in 70 % of the looks where slots lose time ahead of each job", () => {
  const all = new Score();
  for (const score of Object.values(scores(FAMILIES, 0.5, REPLAYS / 2))) all.add(score);
  assert(all.insideShare >= 0.7, `${all}`);
  assertEquals(all.absurd, 0);
});

Deno.test("TimeLeft.look() tells nothing while no job has ended, or nobody knows how many wait", () => {
  assertEquals(new TimeLeft().look({ waiting: 10, running: [5], slots: 1 }), undefined);
  assertEquals(seen([5]).look({ running: [5], slots: 1 }), undefined);
  assertEquals(new TimeLeft().look({ waiting: 0, running: [], slots: 4 }), [0, 0]);
});

Deno.test("TimeLeft.look() is sure of constant durations, and of few others is not", () => {
  const look = { waiting: 99, running: [0], slots: 1 };
  const [low = 0, high = 0] = seen(Array(200).fill(10)).look(look) ?? [];
  assert(low > 950 && low <= 1000 && high >= 1000 && high < 1050, `${low}..${high}`);
  const widths = [5, 50, 500].map((count) => {
    const [low = 0, high = 0] = seen(spread(count, 1, 19)).look(look) ?? [];
    assert(low < 1000 && high > 1000, `${count}: ${low}..${high}`);
    return high - low;
  });
  assertEquals(widths, widths.toSorted((a, b) => b - a));
  assert((widths[0] as number) > 600 && (widths[2] as number) < 300, `${widths}`);
});

Deno.test("TimeLeft.look() promises no end soon to a job that has run for longer than any", () => {
  const timeLeft = seen(spread(50, 1, 19));
  for (const age of [100, 1000, 10_000]) {
    const [low = 0, high = 0] = timeLeft.look({ waiting: 0, running: [age], slots: 1 }) ?? [];
    assert(low > 0 && high > age / 2 && high <= 9 * age, `${age}: ${low}..${high}`);
  }
});

Deno.test("TimeLeft.look() has long jobs count that run, before any of them has ended", () => {
  const timeLeft = seen(spread(20, 9, 11));
  const highOf = (running: readonly number[]) =>
    timeLeft.look({ waiting: 40, running, slots: 4 })?.[1] ?? 0;
  assert(highOf([300, 300, 300, 5]) > 5 * highOf([5, 5, 5, 5]));
});

Deno.test("TimeLeft goes by earlier runs until this one knows better", () => {
  const look = { waiting: 30, running: [0, 0], slots: 2 };
  const before = spread(100, 90, 110);
  const [low = 0, high = 0] = new TimeLeft(before).look(look) ?? [];
  assert(low < 1600 && high > 1600 && high - low < 300, `${low}..${high}`);
  const own = spread(20, 9, 11);
  const middles = [0, 5, 10, 20].map((count) => {
    const [low = 0, high = 0] = seen(own.slice(0, count), before).look(look) ?? [];
    return low + high;
  });
  assertEquals(middles, middles.toSorted((a, b) => b - a));
  assertEquals(seen(own, before).look(look), seen(own).look(look));
});

Deno.test("TimeLeft.look() counts what slots lose between jobs, and that durations in chunks overlap", () => {
  const timeLeft = seen(Array(1000).fill(10));
  const rangeAt = (elapsedMs: number) =>
    timeLeft.look({ waiting: 1000, running: [], slots: 2, elapsedMs }) ?? [0, 0];
  // 2 slots have been there for 5 s, which is what 1,000 jobs of 10 ms take; then for twice and half as long.
  for (const [elapsedMs, left] of [[5000, 5000], [10_000, 10_000], [2500, 2500]] as const) {
    const [low, high] = rangeAt(elapsedMs);
    assert(
      low > 0.95 * left && low <= left && high >= left && high < 1.05 * left,
      `${low}..${high}`,
    );
  }
});

Deno.test("TimeLeft.endedTogether() tells the pace, and little of how far durations are spread", () => {
  const timeLeft = new TimeLeft();
  for (let told = 0; told < 10; told++) timeLeft.endedTogether(100_000, 1000 + 10 * told);
  const [low = 0, high = 0] = timeLeft.look({ waiting: 1e6, running: [], slots: 2 }) ?? [];
  assert(low < 5225 && high > 5225 && high < 6000, `${low}..${high}`);
});

Deno.test("TimeLeft.look() gives the same range for the same calls", () => {
  const ranges = [1, 2].map(() =>
    seen(spread(2000, 1, 500)).look({ waiting: 3000, running: [3, 400], slots: 8 })
  );
  assertEquals(ranges[0], ranges[1]);
});

Deno.test("TimeLeft.look() plays a part of very many jobs that run, among them the oldest", () => {
  const timeLeft = seen(Array.from({ length: 50 }, (_, i) => 100 + i));
  const look = (jobs: number, oldest: number) => {
    const running = Array.from({ length: jobs }, (_, i) => i === 0 ? oldest : 50);
    return timeLeft.look({ waiting: 0, running, slots: 2 });
  };
  assertEquals(look(100_500, 50), look(1000, 50));
  assertEquals(look(100_500, 300), look(1000, 300));
});

Deno.test("TimeLeft gives a range or nothing, whatever it is told", () => {
  const number = fc.oneof(
    fc.double(),
    fc.double({ min: 0, max: 1e4 }),
    fc.integer({ min: -1, max: 300 }),
    fc.constantFrom(0, NaN, Infinity, -Infinity, Number.MAX_VALUE, 1e9),
  );
  const numbers = fc.oneof(
    fc.array(number, { maxLength: 400 }),
    fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { maxLength: 400 }),
  );
  fc.assert(
    fc.property(
      numbers,
      fc.array(number, { maxLength: 30 }),
      fc.array(fc.tuple(fc.oneof(number, fc.integer({ min: -1, max: 1000 })), number), {
        maxLength: 5,
      }),
      fc.record({ waiting: number, running: numbers, slots: number }),
      fc.option(number, { nil: undefined }),
      (ended, before, together, look, elapsedMs) => {
        const timeLeft = seen(ended, before);
        for (const [count, totalMs] of together) timeLeft.endedTogether(count, totalMs);
        const range = timeLeft.look({ ...look, elapsedMs });
        if (range === undefined) return true;
        const [low, high] = range;
        return low >= 0 && low <= high && high < Infinity;
      },
    ),
    { numRuns: 1000 },
  );
});
