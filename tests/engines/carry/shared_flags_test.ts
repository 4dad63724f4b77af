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

Deno.test("SharedFlags let a slot start all but what was recalled, and what it is sent after that", () => {
  const near = new SharedFlags();
  const far = new SharedFlags(near.memory);
  assertEquals([far.mayStart(0), far.mayStart(1), near.started(10)], [true, true, 2]);
  assertEquals(near.recall(10, 4), 2);
  assertEquals([2, 3, 4, 9].map((number) => far.mayStart(number)), [true, true, false, false]);
  assertEquals(near.started(10), 10);
  near.endRecall();
  assertEquals(far.mayStart(10), true);
});

Deno.test("SharedFlags know the numbers of jobs beyond what 32 bits hold", () => {
  const near = new SharedFlags();
  const far = new SharedFlags(near.memory);
  const sent = 2 ** 33 + 5;
  assertEquals(far.mayStart(sent - 3), true);
  assertEquals([near.started(sent), near.recall(sent, sent - 1)], [sent - 2, sent - 2]);
  assertEquals([far.mayStart(sent - 2), far.mayStart(sent - 1)], [true, false]);
});
