import { assertEquals } from "@std/assert";
import { SliceLimit } from "../../lib/host/slice_limit.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { settle } from "../support/gate.ts";

const never = new Promise<void>(() => {});

Deno.test("SliceLimit takes one more slice than there are slots only while all are short", () => {
  const link = { capacity: 2 };
  const limit = new SliceLimit(2, link, new FakeClock());
  const short = limit.add(500);
  assertEquals(link.capacity, 3);
  const long = limit.add(501);
  assertEquals(link.capacity, 2);
  long.end();
  assertEquals(link.capacity, 3);
  short.end();
  assertEquals(link.capacity, 3);
  limit.add(9000);
  assertEquals(link.capacity, 2);
});

Deno.test("SliceLimit has a host that refuses slices wait longer and longer, until it takes one", async () => {
  const clock = new FakeClock();
  const link = { capacity: 2 };
  const limit = new SliceLimit(2, link, clock);
  for (const ms of [10, 20, 40, 80, 160, 320, 640, 1000, 1000]) {
    const slice = limit.add(1);
    let isOver = false;
    slice.refused(never).then(() => isOver = true);
    assertEquals(link.capacity, 1);
    clock.pass(ms - 1);
    await settle();
    assertEquals(isOver, false);
    clock.pass(1);
    await settle();
    assertEquals(isOver, true);
    slice.end();
  }
  const taken = limit.add(1);
  taken.taken();
  assertEquals(link.capacity, 3);
  taken.end();
  const refused = limit.add(1).refused(never);
  clock.pass(10);
  await refused;
});

Deno.test("SliceLimit holds up no slice whose run is over, or whose host is ending", async () => {
  const clock = new FakeClock();
  const limit = new SliceLimit(1, { capacity: 1 }, clock);
  await limit.add(1).refused(Promise.resolve());
  const waiting = limit.add(1).refused(never);
  limit.close();
  await waiting;
  assertEquals(clock.timers, 0);
});
