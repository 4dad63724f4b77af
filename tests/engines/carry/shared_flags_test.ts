import { assertEquals } from "@std/assert";
import { flushByClock, SharedFlags } from "../../../lib/engines/carry/shared_flags.ts";

Deno.test("flushByClock() is due after 32 ms, and when the clock was set back", () => {
  let now = 1000;
  const due = flushByClock(() => now);
  due.restart();
  const found = [31, 32, 100, -1].map((ms) => {
    now = 1000 + ms;
    return due.isDue();
  });
  assertEquals(found, [false, true, true, true]);
  due.restart();
  assertEquals(due.isDue(), false);
});

Deno.test("SharedFlags is due while the engine waits, and tells the engine of the job", () => {
  const near = new SharedFlags();
  const far = new SharedFlags(near.memory);
  assertEquals([near.at, far.isDue()], [undefined, false]);
  far.mark(0, 1);
  near.requestFlush();
  assertEquals([near.at, far.isDue(), far.isDue()], [0, true, true]);
  far.restart();
  far.mark(2 ** 40, 1.8e12 + 0.5);
  assertEquals([near.at, far.isDue()], [2 ** 40, false]);
  assertEquals(near.startedAt, 1.8e12 + 0.5);
});
