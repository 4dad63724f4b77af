import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Barrier } from "../../lib/sync/barrier.ts";
import { BrokenBarrierError } from "../../lib/sync/errors.ts";
import { statesOf } from "../support/waiting.ts";

Deno.test("Barrier lets all go on when all are there, round after round", async () => {
  const barrier = new Barrier(3);
  assertEquals(barrier.parties, 3);
  for (const _ of "ab") {
    const two = [barrier.wait(), barrier.wait()];
    assertEquals(await statesOf(two), ["waits", "waits"]);
    assertEquals(await barrier.waiting(), 2);
    assertEquals(await barrier.wait(), 2);
    assertEquals(await Promise.all(two), [0, 1]);
    assertEquals(await barrier.waiting(), 0);
  }
});

Deno.test("Barrier of one lets it go on at once", async () => {
  const barrier = new Barrier(1);
  assertEquals([await barrier.wait(), await barrier.wait()], [0, 0]);
});

Deno.test("Barrier.abort() breaks it for all who wait and come, until it is reset", async () => {
  const barrier = new Barrier(2);
  const wait = barrier.wait();
  await barrier.abort();
  const broken = "BrokenBarrierError: The barrier was aborted";
  assertEquals(await statesOf([wait, barrier.wait()]), [broken, broken]);
  assertEquals([await barrier.isBroken(), await barrier.waiting()], [true, 0]);
  await barrier.reset();
  assertEquals(await barrier.isBroken(), false);
  assertEquals(await Promise.all([barrier.wait(), barrier.wait()]), [0, 1]);
});

Deno.test("Barrier.reset() rejects who waits, and starts anew", async () => {
  const barrier = new Barrier(2);
  const wait = barrier.wait();
  const rejected = assertRejects(() => wait, BrokenBarrierError, "The barrier was reset");
  await barrier.reset();
  await rejected;
  assertEquals(await Promise.all([barrier.wait(), barrier.wait()]), [0, 1]);
});

Deno.test("Barrier.wait() waits no longer than a signal allows, and has not come then", async () => {
  const barrier = new Barrier(2);
  const stop = new AbortController();
  const first = barrier.wait({ signal: stop.signal });
  stop.abort(new Error("enough"));
  const second = barrier.wait();
  assertEquals(await statesOf([first, second]), ["Error: enough", "waits"]);
  assertEquals(await barrier.isBroken(), false);
  assertEquals([await barrier.wait(), await second], [1, 0]);
});

Deno.test("Barrier refuses a number of parties that is no positive integer", () => {
  for (const parties of [0, -1, 1.5, NaN, Infinity]) {
    const message = `Cannot make a barrier for ${parties}: wanted a positive integer`;
    assertThrows(() => new Barrier(parties), RangeError, message);
  }
});
