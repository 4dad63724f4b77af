import { assertEquals, assertThrows } from "@std/assert";
import { Lock, type Permit, Semaphore } from "../../lib/sync/permits.ts";
import { stateOf } from "../support/waiting.ts";

/** Whether a permit is held or waited for. */
async function isHeld(permit: Promise<Permit>): Promise<boolean> {
  return await stateOf(permit.then(() => true)) === true;
}

Deno.test("Lock is held by one at a time, in the order of asking", async () => {
  const lock = new Lock();
  const first = await lock.acquire();
  const second = lock.acquire();
  const third = lock.acquire();
  assertEquals([await isHeld(second), await isHeld(third)], [false, false]);
  first.release();
  assertEquals([await isHeld(second), await isHeld(third)], [true, false]);
  (await second)[Symbol.dispose]();
  assertEquals(await isHeld(third), true);
  await (await third)[Symbol.asyncDispose]();
  assertEquals(await isHeld(lock.acquire()), true);
});

Deno.test("Lock is released by the end of using, however that comes", async () => {
  const lock = new Lock();
  const fails = async () => {
    using _ = await lock.acquire();
    throw new Error("on purpose");
  };
  const failed = fails().catch(({ message }) => message);
  {
    await using _ = await lock.acquire();
    assertEquals(await failed, "on purpose");
  }
  assertEquals(await isHeld(lock.acquire()), true);
});

Deno.test("Permit.release() does nothing the second time", async () => {
  const lock = new Lock();
  const first = await lock.acquire();
  first.release();
  const second = await lock.acquire();
  first.release();
  first[Symbol.dispose]();
  const third = lock.acquire();
  assertEquals(await isHeld(third), false);
  second.release();
  assertEquals(await isHeld(third), true);
});

Deno.test("Lock.acquire() waits no longer than a signal allows, and takes nothing then", async () => {
  const lock = new Lock();
  const reason = new Error("enough");
  assertEquals(await stateOf(lock.acquire({ signal: AbortSignal.abort(reason) })), "Error: enough");
  const first = await lock.acquire();
  const stop = new AbortController();
  const second = lock.acquire({ signal: stop.signal });
  const third = lock.acquire();
  stop.abort(reason);
  assertEquals(await stateOf(second), "Error: enough");
  first.release();
  assertEquals(await isHeld(third), true);
});

Deno.test("Lock.acquire() does not mind a signal that aborts while the lock is held", async () => {
  const lock = new Lock();
  const stop = new AbortController();
  const first = await lock.acquire({ signal: stop.signal });
  stop.abort();
  const second = lock.acquire();
  assertEquals(await isHeld(second), false);
  first.release();
  assertEquals(await isHeld(second), true);
});

Deno.test("Semaphore is held by as many as it has permits", async () => {
  const semaphore = new Semaphore(2);
  const permits = [semaphore.acquire(), semaphore.acquire(), semaphore.acquire()];
  assertEquals(await Promise.all(permits.map(isHeld)), [true, true, false]);
  (await permits[1])?.release();
  assertEquals(await Promise.all(permits.map(isHeld)), [true, true, true]);
});

Deno.test("Semaphore refuses a number of permits that is no positive integer", () => {
  for (const permits of [0, -1, 1.5, NaN, Infinity]) {
    const message = `Cannot make a semaphore of ${permits} permits: wanted a positive integer`;
    assertThrows(() => new Semaphore(permits), RangeError, message);
  }
});
