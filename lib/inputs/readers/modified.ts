/**
 * Some of the inputs of a source, in another order, or several as one.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { type Cursor, END, InputsCursor, overCursor, WAIT } from "./cursor.ts";
import { Shuffle } from "./shuffle.ts";

/** What is done with the inputs of a source. */
export type Modifying = {
  /** How many inputs are left out at the start. */
  readonly skip?: number;
  /** Seed of a random order; the same seed gives the same order. */
  readonly shuffle?: number;
  /** How many inputs are given at most. */
  readonly take?: number;
  /** How many inputs become one, a list. */
  readonly batch?: number;
};

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
export function modified(
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
  modifiers: Modifying,
): AsyncIterable<unknown> {
  const { skip, shuffle, take, batch } = modifiers;
  return overCursor(() => {
    let cursor: Cursor = new InputsCursor(() => inputs);
    if (skip !== undefined) cursor = new SkipCursor(cursor, skip);
    if (shuffle !== undefined) {
      cursor = new ShuffleCursor(cursor, new Shuffle(shuffle, take ?? Infinity));
    }
    if (take !== undefined) cursor = new TakeCursor(cursor, take);
    if (batch !== undefined) cursor = new BatchCursor(cursor, batch);
    return cursor;
  }, batch);
}

/** A cursor that does something with another. */
abstract class ModifyingCursor implements Cursor {
  protected readonly source: Cursor;

  constructor(source: Cursor) {
    this.source = source;
  }

  abstract take(): unknown;

  wait(): Promise<void> {
    return this.source.wait();
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

class SkipCursor extends ModifyingCursor {
  #left: number;

  constructor(source: Cursor, count: number) {
    super(source);
    this.#left = count;
  }

  take(): unknown {
    while (this.#left > 0) {
      const value = this.source.take();
      if (value === WAIT || value === END) return value;
      this.#left--;
    }
    return this.source.take();
  }
}

class ShuffleCursor extends ModifyingCursor {
  readonly #shuffle: Shuffle;
  #shuffled?: Iterator<unknown>;

  constructor(source: Cursor, shuffle: Shuffle) {
    super(source);
    this.#shuffle = shuffle;
  }

  take(): unknown {
    while (!this.#shuffled) {
      const value = this.source.take();
      if (value === WAIT) return WAIT;
      if (value === END) this.#shuffled = this.#shuffle.end().values();
      else this.#shuffle.add(value);
    }
    const { done, value } = this.#shuffled.next();
    return done ? END : value;
  }
}

class TakeCursor extends ModifyingCursor {
  #left: number;

  constructor(source: Cursor, count: number) {
    super(source);
    this.#left = count;
  }

  take(): unknown {
    if (this.#left <= 0) return END;
    const value = this.source.take();
    if (value !== WAIT) this.#left--;
    return value;
  }
}

/** How many inputs one list may have: of many more V8 would end the program. */
const MOST_IN_BATCH = 2 ** 22;

function tooMany(): Fault {
  return new Fault("input", `Cannot make one input of more than ${MOST_IN_BATCH} inputs`, {
    hint: "a smaller batch gives lists of fewer",
  });
}

class BatchCursor extends ModifyingCursor {
  readonly #size: number;
  #batch: unknown[] = [];

  constructor(source: Cursor, size: number) {
    super(source);
    this.#size = size;
  }

  take(): unknown {
    while (this.#batch.length < this.#size) {
      const value = this.source.take();
      if (value === WAIT) return WAIT;
      if (value === END) break;
      if (this.#batch.push(value) > MOST_IN_BATCH) throw tooMany();
    }
    const batch = this.#batch;
    this.#batch = [];
    return batch.length > 0 ? batch : END;
  }
}
