import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Ended } from "../../../lib/engines/carry/wire.ts";
import { Barrier } from "../../../lib/sync/barrier.ts";
import { BrokenBarrierError, ClosedError } from "../../../lib/sync/errors.ts";
import { Lock } from "../../../lib/sync/permits.ts";
import { pipe } from "../../../lib/sync/pipe.ts";
import { Queue } from "../../../lib/sync/queue.ts";
import { settle } from "../../support/gate.ts";
import { stateOf } from "../../support/waiting.ts";
import { KEY, Played } from "../../support/played_slot.ts";

const ENDED = "Error: It is waited for no longer: its job has ended";

Deno.test("A slot with what is shared says of each chunk whether something shared is in it", () => {
  const slot = new Played();
  const shared = [[1, { a: 1 }], [new Lock()], [{ deep: new Map([[1, [new Queue()]]]) }], ["x"]];
  for (const inputs of shared) slot.link.send({ kind: "jobs", first: 0, inputs, attempt: 1 });
  const flags = slot.got.map((message) => message.kind === "jobs" && message.hasShared);
  assertEquals(flags, [false, true, true, false]);
});

Deno.test("A slot with what is shared puts back an item that did not arrive, at its place", async () => {
  const queue = new Queue<string>({ size: 3 });
  for (const item of ["a", "b", "c"]) await queue.put(item);
  const [slot, other] = [new Played(), new Played()];
  const ref = slot.passes(queue);
  assertEquals(other.passes(queue), ref);
  const ids = [slot.asks(ref, "get"), slot.asks(ref, "get")];
  assertEquals([await slot.answerTo(ids[0] ?? 0), await slot.answerTo(ids[1] ?? 0)], ["a", "b"]);
  slot.settles(ids[0] ?? 0, "kept");
  const full = [queue.put("d"), queue.put("e")];
  assertEquals([await stateOf(full[0] as Promise<void>), await stateOf(full[1] as Promise<void>)], [
    undefined,
    "waits",
  ]);
  slot.gone();
  const id = other.asks(ref, "get");
  assertEquals(await other.answerTo(id), "b");
  other.ended(0);
  assertEquals([await queue.get(), await queue.get(), await queue.get()], ["b", "c", "d"]);
  other.settles(id, "kept");
  other.settles(id, "back");
  assertEquals([await queue.get(), await queue.count()], ["e", 0]);
});

Deno.test("A slot with what is shared gives what a slot waited for to the next when it is gone", async () => {
  const queue = new Queue<number>({ size: 1 });
  const lock = new Lock();
  const [slot, other] = [new Played(), new Played()];
  const [queueRef, lockRef] = [slot.passes(queue), slot.passes(lock)];
  other.passes([queue, lock]);
  const lost = [slot.asks(queueRef, "get"), slot.asks(lockRef, "acquire")];
  const waits = [other.asks(queueRef, "get"), other.asks(lockRef, "acquire")];
  assertEquals(await slot.answerTo(lost[1] ?? 0), undefined);
  assertEquals(await other.answerTo(waits[1] ?? 0), "waits");
  slot.gone();
  await queue.put(7);
  assertEquals(await other.answerTo(waits[0] ?? 0), 7);
  assertEquals(await other.answerTo(waits[1] ?? 0), undefined);
  assertEquals(await slot.answerTo(lost[0] ?? 0), "waits");
});

Deno.test("A slot with what is shared takes what is granted as a slot goes back at once", async () => {
  const lock = new Lock();
  const slot = new Played();
  const ref = slot.passes(lock);
  const held = await lock.acquire();
  const id = slot.asks(ref, "acquire");
  held.release();
  slot.gone();
  const acquired = await lock.acquire();
  acquired.release();
  assertEquals(await slot.answerTo(id), "waits");
});

Deno.test("A slot with what is shared gives up what a job holds and waits for when it has ended", async () => {
  const lock = new Lock();
  const queue = new Queue<number>();
  const slot = new Played();
  const [lockRef, queueRef] = [slot.passes(lock), slot.passes(queue)];
  const held = slot.asks(lockRef, "acquire", { index: 4 });
  const waits = slot.asks(queueRef, "get", { index: 4 });
  const others = slot.asks(queueRef, "get", { index: 5 });
  const acquired = lock.acquire();
  slot.ended(3);
  assertEquals([await slot.answerTo(waits), await slot.answerTo(held)], ["waits", undefined]);
  slot.ended(4);
  assertEquals(await slot.answerTo(waits), ENDED);
  (await acquired).release();
  await queue.put(1);
  assertEquals(await slot.answerTo(others), 1);
  slot.settles(held, "back");
  assertEquals(slot.told.map(({ kind }) => kind), ["ended", "ended"]);
});

Deno.test("A slot with what is shared breaks a barrier for who waited there and is gone, not for who gave up", async () => {
  const barrier = new Barrier(3);
  for (const act of ["back", "lost", "ended", "gone"] as const) {
    const slot = new Played();
    const ref = slot.passes(barrier);
    const id = slot.asks(ref, "wait");
    const here = barrier.wait({ signal: undefined });
    await settle();
    if (act === "ended") slot.ended(0);
    else if (act === "gone") slot.gone();
    else slot.settles(id, act);
    if (act === "back") {
      assertEquals([await stateOf(here), await barrier.waiting()], ["waits", 1]);
      const rejected = assertRejects(() => here, BrokenBarrierError, "reset");
      await barrier.reset();
      await rejected;
      continue;
    }
    await assertRejects(() => here, BrokenBarrierError, "one who waited there is gone", act);
    assert(await barrier.isBroken());
    await barrier.reset();
  }
});

Deno.test("A slot with what is shared closes an end when the last slot that has used it is gone", async () => {
  const [mine, theirs] = pipe<number>();
  const slots = [new Played(), new Played(), new Played()];
  const [first, second, idle] = slots as [Played, Played, Played];
  const [ref = ""] = slots.map((slot) => slot.passes(theirs));
  first.asks(ref, "send", { value: 1 });
  second.asks(ref, "receive");
  idle.gone();
  first.gone();
  assertEquals(await mine.receive(), 1);
  const waits = mine.receive();
  assertEquals(await stateOf(waits), "waits");
  second.gone();
  await assertRejects(() => waits, ClosedError);
});

Deno.test("A slot with what is shared leaves an end open that is used here as well", async () => {
  const [mine, theirs] = pipe<number>();
  const slot = new Played();
  const ref = slot.passes(theirs);
  slot.asks(ref, "send", { value: 1 });
  await theirs.send(2);
  slot.gone();
  await mine.send(3);
  assertEquals([await mine.receive(), await mine.receive(), await theirs.receive()], [1, 2, 3]);
});

Deno.test("A slot with what is shared does nothing for a slot but with what that was passed", async () => {
  const [lock, queue] = [new Lock(), new Queue<number>()];
  const [slot, other] = [new Played(), new Played()];
  const ref = other.passes(lock);
  const unknown = slot.asks(ref, "acquire");
  const why = "TypeError: Cannot acquire: nothing of this id was passed to the slot";
  assertEquals(await slot.answerTo(unknown), why);
  const queueRef = slot.passes(queue);
  for (const op of ["__proto__", "constructor", "toString", "then", ""]) {
    const answer = await slot.answerTo(slot.asks(queueRef, op));
    assertEquals(answer, `TypeError: Cannot do "${op}": there is no such thing`);
  }
  (await lock.acquire()).release();
});

Deno.test("A slot with what is shared withstands what a slot says that makes no sense", async () => {
  const lock = new Lock();
  const slot = new Played();
  const ref = slot.passes(lock);
  for (const how of ["kept", "back", "lost"] as const) slot.settles(99, how);
  slot.ended(0);
  const held = slot.asks(ref, "acquire");
  slot.says({ kind: "ask", id: held, ref, op: "acquire", value: undefined, index: 0 });
  assertEquals(await slot.answerTo(held), undefined);
  // A lock is nothing that arrives for good.
  slot.settles(held, "kept");
  (await lock.acquire()).release();
  const barrier = new Barrier(2);
  const waits = slot.asks(slot.passes(barrier), "wait");
  slot.says({ kind: "ask", id: waits, ref: slot.passes(barrier), op: "wait", value: 1, index: 0 });
  assertEquals([await slot.answerTo(waits), await barrier.waiting()], ["waits", 1]);
  let deep: unknown = [];
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const forged = { [KEY]: { kind: "Lock", id: "forged" } };
  const list = [deep, forged, { [KEY]: 1 }, { [KEY]: { kind: 1, id: 2 } }];
  const times = new Float64Array(2);
  slot.says({ kind: "ended", first: 0, values: [list], failures: [], times, hasShared: true });
  const ended = slot.told.at(-1) as Ended;
  const message = "result[1] is a Lock that was made in its slot, which it cannot leave";
  assertEquals(ended.failures, [[0, { name: "DataCloneError", message }]]);
  slot.gone();
  slot.asks(ref, "acquire");
  (await lock.acquire()).release();
});

Deno.test("A slot with what is shared keeps an item that a slot cannot be sent", async () => {
  const queue = new Queue<unknown>();
  const slot = new Played();
  const ref = slot.passes(queue);
  const send = slot.got.push.bind(slot.got);
  slot.got.push = (message) => {
    if (message.kind === "answer" && message.isTaken) {
      throw new DOMException("no", "DataCloneError");
    }
    return send(message);
  };
  await queue.put(1);
  assertEquals(await slot.answerTo(slot.asks(ref, "get")), "DataCloneError: no");
  assertEquals([await queue.count(), await queue.get()], [1, 1]);
});
