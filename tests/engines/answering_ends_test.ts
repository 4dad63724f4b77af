import { assertEquals, assertRejects } from "@std/assert";
import { ClosedError } from "../../lib/sync/errors.ts";
import { Lock } from "../../lib/sync/permits.ts";
import { pipe } from "../../lib/sync/pipe.ts";
import { Queue } from "../../lib/sync/queue.ts";
import { Played } from "../support/played_slot.ts";
import { stateOf } from "../support/waiting.ts";

Deno.test("A slot with what is shared gives nothing to jobs that are to end, and what they have when they do", async () => {
  for (const how of ["give-up", "abort", "end"] as const) {
    const queue = new Queue<number>();
    const lock = new Lock();
    const slot = new Played();
    const [queueRef, lockRef] = [slot.passes(queue), slot.passes(lock)];
    const waits = slot.asks(queueRef, "get", { index: 4 });
    const held = slot.asks(lockRef, "acquire", { index: 4 });
    await slot.answerTo(held);
    const mine = queue.get();
    const reason = { name: "AbortError", message: "enough" };
    if (how === "give-up") slot.link.send({ kind: "give-up", first: 3, count: 2 });
    if (how === "abort") slot.link.send({ kind: "abort", index: 4, isLast: false, reason });
    if (how === "end") slot.link.end();
    await queue.put(1);
    assertEquals([await stateOf(mine), await queue.count()], [1, 0], how);
    assertEquals(
      await slot.answerTo(waits),
      "Error: It is waited for no longer: its job is to end",
    );
    await queue.put(2);
    const late = slot.asks(queueRef, "get", { index: 4 });
    assertEquals(await slot.answerTo(late), "Error: Cannot get: its job is to end");
    assertEquals(await queue.count(), 1);
    // It may be in the midst of what the lock is for.
    const acquired = lock.acquire();
    assertEquals(await stateOf(acquired), "waits");
    slot.ended(4);
    (await acquired).release();
    if (how === "end") continue;
    assertEquals(await slot.answerTo(slot.asks(queueRef, "get", { index: 5 })), 2);
  }
});

Deno.test("A slot with what is shared forgets what a slot releases, unless it is on its way there again", async () => {
  const queue = new Queue<number>();
  const slot = new Played();
  const ref = slot.passes(queue);
  slot.passes(queue);
  slot.says({ kind: "release", ref, count: 1 });
  assertEquals(await slot.answerTo(slot.asks(ref, "count")), 0);
  slot.says({ kind: "release", ref, count: 1 });
  assertEquals(
    await slot.answerTo(slot.asks(ref, "count")),
    "TypeError: Cannot count: nothing of this id was passed to the slot",
  );
  assertEquals(await slot.answerTo(slot.asks(slot.passes(queue), "count")), 0);
});

Deno.test("A slot with what is shared closes an end that its slot has released when that is gone", async () => {
  const [mine, theirs] = pipe<number>();
  const slot = new Played();
  const ref = slot.passes(theirs);
  await slot.answerTo(slot.asks(ref, "send", { value: 1 }));
  slot.says({ kind: "release", ref, count: 1 });
  assertEquals(await mine.receive(), 1);
  const next = mine.receive();
  assertEquals(await stateOf(next), "waits");
  slot.gone();
  await assertRejects(() => next, ClosedError);
});
