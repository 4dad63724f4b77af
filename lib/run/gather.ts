/**
 * Ordered concurrency within a window: many things under way at once, results in the order of the
 * items, memory bounded by how far the two may drift apart.
 *
 * @module
 */

import { isIterable, type Items } from "../streams/iteration.ts";
import { Window, type WindowOptions } from "./window.ts";

/** How {@link gather} works. */
export interface GatherOptions {
  /** How many items are worked on at the same time. @default navigator.hardwareConcurrency */
  readonly slots?: number;
  /** How many items may be taken ahead of the oldest result not consumed. @default 16 × slots */
  readonly window?: number;
  /** Whether results come in the order of the items. @default true */
  readonly ordered?: boolean;
}

/** What the work on an item is told. */
export interface Place {
  /** Position of the item in the source, from 0. */
  readonly index: number;
  /** Aborts when the reader has left, or another item has thrown. */
  readonly signal: AbortSignal;
}

type Worked<O> = { readonly value: O } | { readonly thrown: unknown };

/**
 * Works on several items at once and yields the results in the order of the items.
 *
 * A slow item holds back the results behind it, never the work: later items keep running until
 * `window` results are waiting, and then the source is left unread. Memory is bounded by `window`,
 * however long the source. Which item of those under way ends first is not defined.
 *
 * What `work` throws is thrown here at its turn, after the results before it. Then, and when the
 * reader leaves the loop, the source is closed, `signal` aborts, and what is under way is waited for. A source that
 * is just then about to give an item closes when it has, and is not waited for; one whose `return()` has not settled
 * after 5 s is left, which is thrown if nothing else was.
 *
 * @example Results follow the inputs, not the clock
 * ```ts
 * import { gather } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const nap = (ms: number) => new Promise<number>((done) => setTimeout(() => done(ms), ms));
 * const woke = await Array.fromAsync(gather([30, 10, 20], nap, { slots: 3 }));
 * assertEquals(woke, [30, 10, 20]);
 * ```
 *
 * @throws {RangeError} If `slots` is not a positive integer, or `window` is smaller than `slots`.
 * @throws {TypeError} If the source cannot be iterated over.
 */
export function gather<I, O>(
  source: Iterable<I> | AsyncIterable<I>,
  work: (item: I, place: Place) => O | Promise<O>,
  options: GatherOptions = {},
): AsyncGenerator<O, void, undefined> {
  const { slots = navigator.hardwareConcurrency, ordered = true } = options;
  const { window = slots * 16 } = options;
  if (!Number.isSafeInteger(slots) || slots < 1) {
    throw new RangeError(`Cannot gather with ${slots} slots: wanted a positive integer`);
  }
  if (!(Number.isSafeInteger(window) && window >= slots)) {
    throw new RangeError(
      `Cannot gather within a window of ${window}: wanted an integer, at least ${slots}`,
    );
  }
  if (!isIterable(source)) {
    throw new TypeError(`Cannot gather a ${typeof source}: wanted something to iterate over`);
  }
  return gatherIn(source, work, slots, { window, ordered });
}

async function* gatherIn<I, O>(
  source: Items<I>,
  work: (item: I, place: Place) => O | Promise<O>,
  slots: number,
  options: WindowOptions,
): AsyncGenerator<O, void, undefined> {
  // Not before the first is asked for: a generator that was not started closes nothing.
  const window = new Window<I, Worked<O>>(source, options);
  const stop = new AbortController();
  const underWay = new Set<Promise<void>>();
  const perform = async (index: number, item: I): Promise<void> => {
    let worked: Worked<O>;
    try {
      worked = { value: await work(item, { index, signal: stop.signal }) };
    } catch (thrown) {
      worked = { thrown };
    }
    window.put(index, [worked]);
  };
  const fill = () => {
    while (underWay.size < slots && !stop.signal.aborted) {
      const taken = window.take(1);
      if (!taken) return;
      const job = perform(taken.first, taken.items[0] as I);
      underWay.add(job);
      job.then(() => {
        underWay.delete(job);
        fill();
      });
    }
  };
  window.onChange = fill;
  let cause: { readonly thrown: unknown } | undefined;
  try {
    fill();
    for (let results = await window.next(); results; results = await window.next()) {
      for (const result of results) {
        if ("thrown" in result) throw result.thrown;
        yield result.value;
      }
    }
  } catch (thrown) {
    cause = { thrown };
    throw thrown;
  } finally {
    stop.abort();
    const closed = window.close().catch((late) => {
      // What went wrong first counts.
      if (!cause) throw late;
    });
    await Promise.allSettled([closed, ...underWay]);
    await closed;
  }
}
