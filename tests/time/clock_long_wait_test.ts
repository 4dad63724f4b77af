import { assertEquals } from "@std/assert";
import { LongWait } from "../../lib/time/clock.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** A wait, and how often it was told. */
function waitOf() {
  const clock = new FakeClock();
  const told: number[] = [];
  const wait = new LongWait(() => told.push(clock.now()), clock);
  return { clock, told, wait };
}

Deno.test("LongWait tells once that a wait lasts for 10 s", () => {
  const { clock, told, wait } = waitOf();
  wait.begin();
  clock.pass(9_999);
  assertEquals(told, []);
  clock.pass(60_000);
  wait.end();
  wait.begin();
  clock.pass(60_000);
  assertEquals(told, [10_000]);
  assertEquals(clock.timers, 0);
});

Deno.test("LongWait tells nothing of many waits that are short", () => {
  const { clock, told, wait } = waitOf();
  for (let i = 0; i < 100; i++) {
    wait.begin();
    clock.pass(9_000);
    wait.end();
  }
  assertEquals(told, []);
  clock.pass(1_000);
  assertEquals(clock.timers, 0);
});

Deno.test("LongWait has one timer, however many waits there are", () => {
  const { clock, wait } = waitOf();
  for (let i = 0; i < 100; i++) {
    wait.begin();
    wait.end();
  }
  assertEquals(clock.timers, 1);
});

Deno.test("LongWait takes no time for waited in which this process was held up", () => {
  const { clock, told, wait } = waitOf();
  wait.begin();
  clock.leap(60_000);
  clock.pass(9_000);
  assertEquals(told, []);
});

Deno.test("LongWait that is stopped tells nothing", () => {
  const { clock, told, wait } = waitOf();
  wait.begin();
  wait.stop();
  wait.begin();
  assertEquals(clock.timers, 0);
  clock.pass(60_000);
  assertEquals(told, []);
});
