import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Throttle } from "../../lib/run/task_feed.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** A throttle on a clock that stands still, and how often it has called. */
function throttled(delayMs: number) {
  const clock = new FakeClock();
  const throttle = new Throttle(delayMs, clock);
  const calls = { count: 0 };
  throttle.onDue = () => calls.count++;
  return { clock, throttle, calls };
}

Deno.test("Throttle has the first start at once, however late it comes", () => {
  const { clock, throttle } = throttled(100);
  assertEquals([throttle.free, clock.timers], [1, 0]);
  clock.pass(10_000);
  assertEquals([throttle.free, clock.timers], [1, 0]);
});

Deno.test("Throttle has the next start no sooner than its delay, and calls then, once", () => {
  const { clock, throttle, calls } = throttled(100);
  throttle.count(1);
  assertEquals([throttle.free, throttle.free, clock.timers], [0, 0, 1]);
  clock.pass(99);
  assertEquals([throttle.free, calls.count], [0, 0]);
  clock.pass(1);
  assertEquals([throttle.free, calls.count, clock.timers], [1, 1, 0]);
});

Deno.test("Throttle counts the delay from when a job has started, not from when it might have", () => {
  const { clock, throttle } = throttled(100);
  throttle.count(1);
  clock.pass(130);
  assertEquals(throttle.free, 1);
  throttle.count(1);
  clock.pass(99);
  assertEquals(throttle.free, 0);
  clock.pass(1);
  assertEquals(throttle.free, 1);
  throttle.stop();
});

Deno.test("Throttle does not call before a part of a ms is over", () => {
  const { clock, throttle, calls } = throttled(12.5);
  throttle.count(1);
  assertEquals(throttle.free, 0);
  clock.pass(12);
  assertEquals(calls.count, 0);
  clock.pass(1);
  assertEquals([calls.count, throttle.free], [1, 1]);
});

Deno.test("Throttle catches up with what is due oftener than every 10 ms, for 10 ms and no more", () => {
  const { clock, throttle } = throttled(2);
  throttle.count(1);
  clock.pass(6);
  assertEquals(throttle.free, 3);
  throttle.count(3);
  assertEquals(throttle.free, 0);
  clock.pass(1000);
  assertEquals(throttle.free, 6);
  throttle.count(6);
  assertEquals(throttle.free, 0);
  throttle.stop();
});

Deno.test("Throttle catches up with nothing that is due less often", () => {
  for (const [delayMs, free] of [[10, 2], [10.1, 1], [11, 1], [1000, 1]] as const) {
    const { clock, throttle } = throttled(delayMs);
    throttle.count(1);
    clock.pass(100 * delayMs);
    assertEquals(throttle.free, free, `${delayMs} ms`);
  }
});

Deno.test("Throttle calls no more once it was stopped, and leaves no timer behind", () => {
  const { clock, throttle, calls } = throttled(100);
  throttle.stop();
  throttle.count(1);
  assertEquals([throttle.free, clock.timers], [0, 1]);
  throttle.stop();
  throttle.stop();
  clock.pass(1000);
  assertEquals([calls.count, clock.timers], [0, 0]);
});

Deno.test("Throttle calls again if it is asked again after it was stopped", () => {
  const { clock, throttle, calls } = throttled(100);
  throttle.count(1);
  assertEquals(throttle.free, 0);
  throttle.stop();
  assertEquals(throttle.free, 0);
  clock.pass(100);
  assertEquals([calls.count, throttle.free], [1, 1]);
});

Deno.test("Throttle lets no two starts be closer than its delay, whenever it is asked", () => {
  const waits = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1 });
  fc.assert(fc.property(fc.integer({ min: 11, max: 100 }), waits, (delayMs, waits) => {
    const { clock, throttle } = throttled(delayMs);
    const starts: number[] = [];
    const start = () => {
      if (throttle.free === 0) return;
      starts.push(clock.now());
      throttle.count(1);
    };
    throttle.onDue = start;
    for (const wait of waits) {
      start();
      clock.pass(wait);
    }
    throttle.stop();
    const gaps = starts.slice(1).map((at, i) => at - (starts[i] as number));
    assertEquals(gaps.filter((gap) => gap < delayMs), []);
    assertEquals([starts[0], clock.timers], [0, 0]);
  }));
});

Deno.test("Throttle lets no more start in any time than its rate and 10 ms allow", () => {
  const waits = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1 });
  fc.assert(fc.property(fc.constantFrom(0.25, 0.5, 1, 2, 4, 8), waits, (delayMs, waits) => {
    const { clock, throttle } = throttled(delayMs);
    const starts: number[] = [];
    for (const wait of waits) {
      const { free } = throttle;
      for (let i = 0; i < free; i++) starts.push(clock.now());
      throttle.count(free);
      clock.pass(wait);
    }
    throttle.stop();
    for (const [i, from] of starts.entries()) {
      for (const [j, to] of starts.entries()) {
        const most = 1 + (to - from + 10) / delayMs;
        if (j >= i) assertEquals(j - i + 1 <= most, true, `${j - i + 1} from ${from} to ${to}`);
      }
    }
  }));
});
