/**
 * Functions that tests run in slots, about what is shared, each named after what it does.
 *
 * @module
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Barrier } from "../../lib/sync/barrier.ts";
import { ClosedError } from "../../lib/sync/errors.ts";
import type { Event } from "../../lib/sync/event.ts";
import { Lock, type Semaphore } from "../../lib/sync/permits.ts";
import type { Connection } from "../../lib/sync/pipe.ts";
import type { Queue } from "../../lib/sync/queue.ts";
import { held, note, type Place } from "./functions.ts";

/** What was thrown, in words. */
function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}

/** What a promise comes to, in words if it is rejected. */
async function come(promise: Promise<unknown>): Promise<unknown> {
  return await promise.catch(wordsOf);
}

/** Puts so many numbers, from a first one, or else gets them until the queue is closed. */
export async function putsOrGets(
  { queue, first, count = 0 }: { queue: Queue<number>; first?: number; count?: number },
): Promise<number[]> {
  if (first === undefined) return await Array.fromAsync(queue);
  for (let i = 0; i < count; i++) await queue.put(first + i);
  return [];
}

/** Adds one so many times to a balance that a lock guards, with a wait between reading and writing. */
export async function deposits(
  { lock, times, balance, path = "" }: {
    lock: Lock;
    times: number;
    balance?: Int32Array;
    path?: string;
  },
): Promise<void> {
  for (let i = 0; i < times; i++) {
    using _ = await lock.acquire();
    const before = balance?.[0] ?? Number(readFileSync(path, "utf8"));
    await Promise.resolve();
    if (balance) balance[0] = before + 1;
    else writeFileSync(path, String(before + 1));
  }
}

/** Notes that it has come, waits for the others, and gives its place and how many had come; twice. */
export async function meets(
  { barrier, folder }: { barrier: Barrier; folder: string },
): Promise<unknown> {
  const seen: number[][] = [];
  for (const round of ["first", "second"]) {
    note({ folder }, round);
    const place = await barrier.wait();
    const come = readFileSync(`${folder}/notes`, "utf8").split("\n");
    seen.push([place, come.filter((line) => line === round).length]);
  }
  return seen;
}

/** Counts the numbers below 10, each in the bin of its own. */
export function counts({ numbers, bins }: { numbers: number[]; bins: Int32Array }): void {
  for (const n of numbers) Atomics.add(bins, n, 1);
}

/** What a job has at hand to wait for. */
export interface Shared extends Place {
  readonly lock?: Lock;
  readonly queue?: Queue<unknown>;
  readonly barrier?: Barrier;
  readonly end?: Connection<unknown>;
  /** Whose answer tells that what was asked before is known. */
  readonly probe?: Queue<unknown>;
}

/** Takes the lock, notes itself, and ends its slot when it is opened, with the lock held. */
export async function diesHolding({ lock, ...place }: Shared): Promise<never> {
  await lock?.acquire();
  note(place, String(Deno.pid));
  await held(place);
  Deno.exit(3);
}

/** Waits for whatever it was given, and ends its slot when it is opened while it still does. */
export async function diesWaiting(shared: Shared): Promise<never> {
  const waits = [
    shared.lock?.acquire(),
    shared.queue?.get(),
    shared.barrier?.wait(),
    shared.end?.receive(),
  ];
  await shared.probe?.count();
  note(shared, String(Deno.pid));
  await held(shared);
  void waits;
  Deno.exit(3);
}

/** Takes the lock and keeps it; or, without one, is busy without a pause until it is opened. */
export async function keepsLock({ lock, ...place }: Shared): Promise<string | number> {
  if (lock) await lock.acquire();
  else while (!existsSync(`${place.folder}/open-${place.name}`));
  return place.name;
}

/** Takes the lock and gives it back. */
export async function takesLock({ lock, name }: Shared): Promise<string | number> {
  using _ = await lock?.acquire();
  return name;
}

/** What happens to all that waits for a lock, a queue and a barrier, when it is aborted early, late and after. */
export async function aborts(
  { lock, free, queue, barrier }: {
    lock: Lock;
    free: Lock;
    queue: Queue<number>;
    barrier: Barrier;
  },
): Promise<unknown> {
  const reason = new RangeError("enough");
  const early = { signal: AbortSignal.abort(reason) };
  const stop = new AbortController();
  const { signal } = stop;
  const waits = [
    free.acquire(early),
    queue.get(early),
    queue.put(1, early),
    barrier.wait(early),
    lock.acquire({ signal }),
    queue.get({ signal }),
    barrier.wait({ signal }),
  ].map((wait) => wait.catch((thrown) => thrown === reason ? "its reason" : wordsOf(thrown)));
  await using _ = await free.acquire({ signal });
  stop.abort(reason);
  const second = new AbortController();
  const again = free.acquire({ signal: second.signal }).catch(wordsOf);
  // When this is answered, the lock would be its own if it were free.
  await queue.count();
  second.abort("held");
  return [...await Promise.all(waits), await again];
}

/** Does with each thing all that can be done with it. */
export async function usesAll(
  { queue, semaphore, event, barrier, end }: {
    queue: Queue<unknown>;
    semaphore: Semaphore;
    event: Event;
    barrier: Barrier;
    end: Connection<unknown>;
  },
): Promise<Record<string, unknown>> {
  await queue.put({ n: 1 });
  const count = await queue.count();
  const got = await queue.get();
  await queue.close();
  const closed = await queue.put(2).catch((
    thrown,
  ) => [thrown instanceof ClosedError, wordsOf(thrown)]);
  const unclonable = await come(end.send(() => 1));
  const permits = [await semaphore.acquire(), await semaphore.acquire()];
  const third = semaphore.acquire();
  permits[0]?.release();
  (await third).release();
  await event.set();
  await event.wait();
  const wasSet = await event.isSet();
  await event.clear();
  const place = await barrier.wait();
  await barrier.abort();
  const broken = [await barrier.isBroken(), await come(barrier.wait())];
  await barrier.reset();
  await end.send("a question");
  const answer = await end.receive();
  await end.close();
  return {
    size: queue.size,
    count,
    got,
    closed,
    unclonable,
    wasSet,
    isSet: await event.isSet(),
    place,
    broken,
    waiting: await barrier.waiting(),
    answer,
  };
}

/** Gives what it was given; for a number, things that it has made. */
export function givesBack(input: unknown): unknown {
  return typeof input === "number" ? { n: input, made: [new Map([["a", new Lock()]])] } : input;
}

/** Whether what is the same thing in its input is the same object, now and in the job before. */
export function isSame(input: { lock: Lock; again: Lock[] }): boolean[] {
  const before = seen ?? input.lock;
  seen = input.lock;
  return [input.lock instanceof Lock, input.lock === input.again[0], before === input.lock];
}

let seen: Lock | undefined;

/** Puts into its queue the lock that it gets from it, and then one that it has made. */
export async function passesOn({ queue }: { queue: Queue<unknown> }): Promise<unknown> {
  const lock = await queue.get() as Lock;
  {
    using _ = await lock.acquire();
  }
  await queue.put({ lock });
  return await come(queue.put([{ made: new Lock() }]));
}

/** Leaves behind what asks when it is opened, when this has returned; notes what comes of it. */
export async function asksTooLate({ queue, lock, ...place }: Shared): Promise<string | number> {
  if (place.name !== "first") return await held(place);
  held({ ...place, name: "late" }).then(async () => {
    note(place, String(await come(queue?.put("late") ?? Promise.resolve())));
  });
  // Nobody waits for these two.
  queue?.get();
  lock?.acquire();
  return await Promise.resolve(place.name);
}

/** Leaves behind that it gets, and returns at once; notes what comes of it. */
export function leavesGetting({ queue, ...place }: Shared): unknown {
  if (place.name !== "first") return held(place);
  come(queue?.get() ?? Promise.resolve()).then((what) => note(place, String(what)));
  return place.name;
}

/** Answers each number with twice that, until the other end is closed. */
export async function answers({ end }: { end: Connection<number> }): Promise<string> {
  for await (const n of end) await end.send(n * 2);
  return "closed";
}

/** Answers one number, and ends its slot. */
export async function answersOnce({ end }: { end: Connection<number> }): Promise<never> {
  await end.send(await end.receive() * 2);
  Deno.exit(3);
}

/** Runs jobs of its own, in slots of the kind that is named, on what it was given. */
export async function nests(
  { kind, run, inputs }: { kind: string; run: string; inputs: unknown[] },
): Promise<unknown> {
  const [{ FUNCTION_KINDS }, { Trial }] = await Promise.all([
    import("./works.ts"),
    import("./engine_harness.ts"),
  ]);
  const found = FUNCTION_KINDS.find(({ name }) => name === kind);
  if (!found) throw new Error(`There is no engine of functions "${kind}"`);
  const options = { run: { module: import.meta.url, path: [run] }, slots: inputs.length };
  await using trial = new Trial(found.openFunction("", options), inputs);
  await trial.over;
  return trial.values;
}

/** Puts how many bytes it is given, and returns its input. */
export async function weighs<I extends { queue?: Queue<number>; data?: Uint8Array }>(
  input: I,
): Promise<I> {
  await input.queue?.put(input.data?.length ?? 0);
  return input;
}

/** Puts what it is given, and what it gets from there. */
export async function echoes(
  { queue, back, value }: { queue: Queue<unknown>; back: Queue<unknown>; value: unknown },
): Promise<void> {
  await queue.put(value);
  await queue.put(await back.get());
}
