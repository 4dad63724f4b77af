/**
 * Some of the inputs of a source, in another order, or several as one.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Items } from "../../streams/iteration.ts";
import { type Cursor, cursorOver, END, InputsCursor, overCursor, WAIT } from "./cursor.ts";

/** What is done to the inputs of a source, in this order, before they are put into batches. */
export type Modifiers = {
  /** How many inputs are left out at the start. */
  readonly skip?: number;
  /** Seed of a random order of what is left; the same seed gives the same order. */
  readonly shuffle?: number;
  /** How many of those there are at most. */
  readonly take?: number;
};

/** All that is done to them: at last, so many become one, a list. */
export type Modifying = Modifiers & { readonly batch?: number };

/**
 * Skips, shuffles, takes and batches inputs, in this order.
 *
 * The source is closed when the last input to be taken has been read, and never opened to take none. To
 * shuffle, all that is not skipped is read before the first is given, and held; with `take`, no more than twice as
 * many as are taken. The order depends on the seed and the number of inputs alone, on any machine, and `take`
 * gives the first of what it would be without. The last batch may be short.
 *
 * @throws {Fault} From `next()`: what the source throws, after the inputs and the full batches before it; of kind
 * `input`, if a batch has more inputs than a list should.
 */
export function modified(inputs: Items, modifiers: Modifying): AsyncIterable<unknown> {
  const { skip, shuffle, take, batch } = modifiers;
  return overCursor(() => {
    let cursor: Cursor = new InputsCursor(() => inputs);
    if (skip !== undefined) cursor = skipping(cursor, skip);
    if (shuffle !== undefined) cursor = shuffling(cursor, new Shuffle(shuffle, take ?? Infinity));
    if (take !== undefined) cursor = taking(cursor, take);
    if (batch !== undefined) cursor = batching(cursor, batch);
    return cursor;
  }, batch);
}

function skipping(source: Cursor, count: number): Cursor {
  let left = count;
  return cursorOver(source, () => {
    for (; left > 0; left--) {
      const value = source.take();
      if (value === WAIT || value === END) return value;
    }
    return source.take();
  });
}

function shuffling(source: Cursor, shuffle: Shuffle): Cursor {
  let shuffled: Iterator<unknown> | undefined;
  return cursorOver(source, () => {
    while (!shuffled) {
      const value = source.take();
      if (value === WAIT) return WAIT;
      if (value === END) shuffled = shuffle.end().values();
      else shuffle.add(value);
    }
    const { done, value } = shuffled.next();
    return done ? END : value;
  });
}

function taking(source: Cursor, count: number): Cursor {
  let left = count;
  return cursorOver(source, () => {
    if (left <= 0) return END;
    const value = source.take();
    if (value !== WAIT) left--;
    return value;
  });
}

/** How many inputs one list may have: of many more V8 would end the program. */
const MOST_IN_BATCH = 2 ** 22;

function batching(source: Cursor, size: number): Cursor {
  let batch: unknown[] = [];
  return cursorOver(source, () => {
    while (batch.length < size) {
      const value = source.take();
      if (value === WAIT) return WAIT;
      if (value === END) break;
      if (batch.push(value) <= MOST_IN_BATCH) continue;
      throw new Fault("input", `Cannot make one input of more than ${MOST_IN_BATCH} inputs`, {
        hint: "a smaller batch gives lists of fewer",
      });
    }
    const full = batch;
    batch = [];
    return full.length > 0 ? full : END;
  });
}

/**
 * Puts values into an order that depends on the seed and on how many there are, and keeps the first of them.
 *
 * Every value draws a random number, and they are ordered by those. So every order is as likely as any other, the
 * first `most` are a fair sample, and they are the same ones, in the same order, whatever `most` is. At
 * most twice as many values are held.
 */
export class Shuffle {
  readonly #random: () => number;
  readonly #most: number;
  #drawn: { readonly value: unknown; readonly draw: number }[] = [];
  /** A value that drew no less is not among the first. */
  #limit = Infinity;

  constructor(seed: number, most: number) {
    this.#random = randomNumbers(seed);
    this.#most = most;
  }

  add(value: unknown): void {
    const draw = this.#random();
    if (draw >= this.#limit) return;
    this.#drawn.push({ value, draw });
    if (this.#drawn.length >= 2 * this.#most) this.#cut();
  }

  /** The values in their order; there are none afterwards. */
  end(): unknown[] {
    this.#cut();
    const values = this.#drawn.map(({ value }) => value);
    this.#drawn = [];
    return values;
  }

  #cut(): void {
    // Values that drew the same keep their order, as sorting is stable, so the later one is cut off.
    this.#drawn.sort((one, other) => one.draw - other.draw);
    if (this.#drawn.length < this.#most) return;
    this.#drawn.length = this.#most;
    this.#limit = this.#drawn.at(-1)?.draw ?? 0;
  }
}

/**
 * Numbers from 0 up to but not including 1, of 53 random bits each, that depend on the seed alone.
 *
 * The generator is sfc32 of Chris Doty-Humphrey's PractRand, which is seeded with the 64 bits of an IEEE 754
 * double and stirred 20 times instead of 12, as seeds that people choose are much alike. It must never
 * change, for the order of their inputs depends on it, and it keeps no secrets.
 */
export function randomNumbers(seed: number): () => number {
  const bits = new DataView(new ArrayBuffer(8));
  // Adding 0 makes one zero of both.
  bits.setFloat64(0, seed + 0);
  let a = 0;
  let b = bits.getUint32(4);
  let c = bits.getUint32(0);
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 20; i++) next();
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}
