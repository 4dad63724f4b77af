/**
 * When a task has had enough.
 *
 * @module
 */

import type { Items } from "../streams/iteration.ts";
import type { Counts, Halt } from "../job.ts";
import { SourceReader } from "./source_reader.ts";

/** How many inputs are read before the event loop has a turn, for a signal to stop for example. */
const TURN = 10_000;

/** Compares how jobs have ended with the `halt` of their task. */
export class Halting {
  readonly #halt: Halt;
  /** How many inputs there are in all, where `halt` is a share of them. */
  #total = Infinity;

  constructor(halt: Halt) {
    this.#halt = halt;
  }

  /**
   * The inputs; where `halt` is a share of them all are read before the first is given, as with GNU parallel.
   *
   * @param onCount Told how many there are when all are read.
   */
  counted(inputs: Items, onCount?: (count: number) => void): Items {
    if (!("percent" in this.#halt.limit)) return inputs;
    return {
      [Symbol.asyncIterator]: () =>
        readFirst(inputs, (total) => {
          this.#total = total;
          onCount?.(total);
        }),
    };
  }

  isReached(counts: Counts): boolean {
    const { why, limit } = this.#halt;
    const { done, cancelled: _, ...notWell } = counts;
    const failed = Object.values(notWell).reduce((sum, count) => sum + count);
    const reached = { fail: failed, success: done, done: done + failed }[why];
    // Multiplied first: a share of 7 % of 100 jobs would be a little more than 7.
    return "count" in limit
      ? reached >= limit.count
      : reached > 0 && reached * 100 >= this.#total * limit.percent;
  }
}

/** Inputs, all of which are read before the first of them is given; they can be closed meanwhile. */
function readFirst(
  inputs: Items,
  tell: (total: number) => void,
): AsyncIterator<unknown, undefined> {
  const reader = new SourceReader(inputs, {});
  const over = { done: true, value: undefined } as const;
  let held: Iterator<unknown, undefined> | undefined;
  let isClosed = false;
  return {
    next: async () => {
      if (!held) {
        const all = await readAll(reader);
        tell(all.length);
        held = all.values();
      }
      return isClosed ? over : held.next();
    },
    return: async () => {
      isClosed = true;
      await reader.close();
      return over;
    },
  };
}

async function readAll(reader: SourceReader<unknown>): Promise<unknown[]> {
  const held: unknown[] = [];
  for (let turn = TURN; !reader.isOver; turn += TURN) {
    while (!reader.isOver && held.length < turn) {
      const room = turn - held.length;
      const items = reader.isSync ? reader.read(room) : reader.atHand(room);
      const isWaited = items.length === 0 && !reader.isSync;
      for (const item of isWaited ? await reader.next() : items) held.push(item);
    }
    await new Promise<void>((goOn) => setImmediate(goOn));
  }
  if (reader.failure) throw reader.failure.reason;
  return held;
}
