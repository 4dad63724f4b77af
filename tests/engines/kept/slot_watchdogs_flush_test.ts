import { assertEquals } from "@std/assert";
import { flushWatchdog } from "../../../lib/engines/kept/slot_watchdogs.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A slot at work that was heard at 0, and the times at which it was told to flush. */
function busy() {
  const clock = new FakeClock();
  const flushes: number[] = [];
  const slot = {
    batches: 1,
    heardAt: 0,
    link: { flags: { requestFlush: () => void flushes.push(clock.now()) } },
  };
  const longs: number[] = [];
  const watchdog = flushWatchdog([slot], clock, () => void longs.push(clock.now()));
  watchdog.start();
  return { clock, slot, flushes, longs, watchdog };
}

Deno.test("flushWatchdog() has a slot flush that told nothing for 32 ms, as long as it is busy", () => {
  const { clock, slot, flushes } = busy();
  clock.pass(31);
  assertEquals(flushes, []);
  clock.pass(1);
  assertEquals(flushes, [32]);
  slot.heardAt = 40;
  clock.pass(39);
  assertEquals(flushes, [32]);
  clock.pass(1);
  assertEquals(flushes, [32, 72]);
  slot.batches = 0;
  clock.pass(1000);
  assertEquals([flushes, clock.timers], [[32, 72], 0]);
});

Deno.test("flushWatchdog() looks after a slot that is busy again, and after none once it is stopped", () => {
  const { clock, slot, flushes, watchdog } = busy();
  slot.batches = 0;
  clock.pass(100);
  slot.batches = 1;
  slot.heardAt = 100;
  watchdog.start();
  watchdog.start();
  assertEquals(clock.timers, 1);
  clock.pass(32);
  assertEquals(flushes, [132]);
  watchdog.stop();
  assertEquals(clock.timers, 0);
});

Deno.test("FlushWatchdog says that a slot is at a long job if it still tells nothing after another 32 ms", () => {
  const { clock, slot, longs } = busy();
  clock.pass(63);
  assertEquals(longs, []);
  clock.pass(1);
  assertEquals(longs, [64]);
  slot.heardAt = 64;
  clock.pass(63);
  assertEquals(longs, [64]);
});
