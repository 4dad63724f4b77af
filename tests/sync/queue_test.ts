import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ClosedError } from "../../lib/sync/errors.ts";
import { Lock } from "../../lib/sync/permits.ts";
import { Queue } from "../../lib/sync/queue.ts";
import { stateOf, statesOf, watchedSignal } from "../support/waiting.ts";

const CLOSED = "ClosedError: Cannot put: the queue is closed";
const DRY = "ClosedError: Cannot get: the queue is closed, and nothing is left in it";

Deno.test("Queue gives items in the order in which they were put", async () => {
  const queue = new Queue<number>();
  for (const n of [1, 2, 3]) await queue.put(n);
  assertEquals(await queue.count(), 3);
  assertEquals([await queue.get(), await queue.get(), await queue.get()], [1, 2, 3]);
  assertEquals(await queue.count(), 0);
});

Deno.test("Queue.get() waits while the queue is empty, in the order of asking", async () => {
  const queue = new Queue<number>();
  const gets = [queue.get(), queue.get()];
  assertEquals(await statesOf(gets), ["waits", "waits"]);
  await queue.put(1);
  assertEquals(await statesOf(gets), [1, "waits"]);
  await queue.put(2);
  assertEquals(await Promise.all(gets), [1, 2]);
});

Deno.test("Queue.put() waits while the queue is full, in the order of asking", async () => {
  const queue = new Queue<number>({ size: 1 });
  assertEquals(queue.size, 1);
  await queue.put(1);
  const puts = [queue.put(2), queue.put(3)];
  assertEquals(await statesOf(puts), ["waits", "waits"]);
  assertEquals(await queue.get(), 1);
  assertEquals(await statesOf(puts), [undefined, "waits"]);
  assertEquals([await queue.get(), await queue.get()], [2, 3]);
});

Deno.test("Queue.put() makes a clone at once", async () => {
  const queue = new Queue<number[]>();
  const list = [1];
  const put = queue.put(list);
  list.push(2);
  await put;
  assertEquals(await queue.get(), [1]);
});

Deno.test("Queue.put() keeps what is shared in a value itself", async () => {
  const queue = new Queue<unknown>();
  const lock = new Lock();
  const key = { a: 1 };
  await queue.put({
    lock,
    list: [queue],
    map: new Map([["lock", lock]]),
    set: new Set([1, lock, 2]),
    key,
  });
  const got = await queue.get() as {
    lock: Lock;
    list: unknown[];
    map: Map<string, Lock>;
    set: Set<unknown>;
    key: unknown;
  };
  assert(got.lock === lock && got.list[0] === queue && got.map.get("lock") === lock);
  assertEquals([...got.set].map((value) => value === lock ? "lock" : value), [1, "lock", 2]);
  assertEquals(got.key, key);
  assert(got.key !== key);
});

Deno.test("Queue.put() rejects what cannot be cloned, and puts nothing", async () => {
  const queue = new Queue<unknown>();
  const error = await assertRejects(() => queue.put({ onDone: parseInt }), DOMException);
  assertEquals(error.name, "DataCloneError");
  assertEquals(error.message, "Cannot put: value.onDone is a function");
  assertEquals(await queue.count(), 0);
});

Deno.test("Queue.close() lets what is in the queue be got, and nothing be put", async () => {
  const queue = new Queue<number>({ size: 2 });
  await queue.put(1);
  await queue.put(2);
  const put = queue.put(3);
  await queue.close();
  await queue.close();
  assertEquals(await statesOf([put, queue.put(4)]), [CLOSED, CLOSED]);
  assertEquals([await queue.get(), await queue.get()], [1, 2]);
  assertEquals(await stateOf(queue.get()), DRY);
  await assertRejects(() => queue.put(5), ClosedError);
});

Deno.test("Queue.close() rejects who waits for an item", async () => {
  const queue = new Queue<number>();
  const gets = [queue.get(), queue.get()];
  await queue.close();
  assertEquals(await statesOf(gets), [DRY, DRY]);
});

Deno.test("Queue ends a loop when it is closed and empty", async () => {
  const queue = new Queue<number>();
  await queue.put(1);
  const items = Array.fromAsync(queue);
  await queue.put(2);
  assertEquals(await stateOf(items), "waits");
  await queue.close();
  assertEquals(await items, [1, 2]);
});

Deno.test("Queue loses nothing to a loop that is left", async () => {
  const queue = new Queue<number>();
  for (const n of [1, 2, 3]) await queue.put(n);
  for await (const n of queue) if (n === 2) break;
  assertEquals(await queue.get(), 3);
});

Deno.test("Queue waits no longer than a signal allows, and is then as before", async () => {
  const queue = new Queue<number>({ size: 1 });
  const reason = new Error("enough");
  const aborted = AbortSignal.abort(reason);
  const stop = new AbortController();
  const { signal } = stop;
  const early = [queue.get({ signal: aborted }), queue.put(0, { signal: aborted })];
  assertEquals(await statesOf(early), ["Error: enough", "Error: enough"]);
  assertEquals(await queue.count(), 0);
  const gets = [queue.get({ signal }), queue.get()];
  stop.abort(reason);
  await queue.put(1);
  assertEquals(await statesOf(gets), ["Error: enough", 1]);
  await queue.put(2);
  const second = new AbortController();
  const puts = [queue.put(3, { signal: second.signal }), queue.put(4)];
  second.abort(reason);
  assertEquals(await statesOf(puts), ["Error: enough", "waits"]);
  assertEquals([await queue.get(), await queue.get()], [2, 4]);
  assertEquals(await queue.count(), 0);
});

Deno.test("Queue does not mind a signal that aborts when an item was got", async () => {
  const queue = new Queue<number>();
  const stop = new AbortController();
  const get = queue.get({ signal: stop.signal });
  await queue.put(1);
  stop.abort();
  assertEquals(await get, 1);
  await queue.put(2);
  assertEquals(await queue.get(), 2);
});

Deno.test("Queue listens to a signal as long as it waits", async () => {
  const queue = new Queue<number>();
  const { signal, listeners } = watchedSignal();
  const gets = [queue.get({ signal }), queue.get({ signal })];
  assertEquals(listeners(), 2);
  await queue.put(1);
  assertEquals(await gets[0], 1);
  assertEquals(listeners(), 1);
  await queue.close();
  assertEquals([await stateOf(gets[1] as Promise<number>), listeners()], [DRY, 0]);
});

Deno.test("Queue refuses a size that is no positive integer", () => {
  for (const size of [0, -1, 1.5, NaN, -Infinity]) {
    const message = `Cannot make a queue of size ${size}: wanted a positive integer`;
    assertThrows(() => new Queue({ size }), RangeError, message);
  }
  assertEquals(new Queue().size, Infinity);
});

Deno.test("Queue passes what is shared in the cause of an error as itself", async () => {
  const queue = new Queue<Error>();
  await queue.put(new Error("full", { cause: { queue } }));
  const { message, cause } = await queue.get();
  assertEquals([message, (cause as { queue: unknown }).queue === queue], ["full", true]);
});
