/**
 * Every combination of several sources, as inputs.
 *
 * @module
 */

import type { Source } from "../../job.ts";
import { combinedBy } from "./combined.ts";
import { closeAll, type Cursor, END, InputsCursor, type Open, overCursor, WAIT } from "./cursor.ts";
import { Replay } from "./replay.ts";

/**
 * Every combination of a value of each part, the last part fastest, as with GNU parallel's `:::` and Python's
 * `itertools.product`: records by `names`, or lists. No parts have one combination, the empty one.
 *
 * The first part is read once, as its values are wanted, and may be endless. The others are needed for each of
 * its values: up to 10,000 inputs of each are held. One that has more is read again each time, in
 * bounded memory; but stdin, functions and folders, which may not give the same again, are held whole. An
 * empty part makes it all empty, and ends it where it is met.
 *
 * @throws {Fault} From `next()`: what a part throws, after the combinations before it.
 */
export function productOf(
  parts: readonly Source[],
  open: Open,
  names?: readonly string[],
): AsyncIterable<unknown> {
  return overCursor(() => new ProductCursor(parts, open, names));
}

class ProductCursor implements Cursor {
  readonly #cursors: readonly Cursor[];
  readonly #replays: readonly (Replay | undefined)[];
  readonly #combined: (values: readonly unknown[]) => unknown;
  /** The value of each part in the combination at hand. */
  readonly #values: unknown[] = [];
  /** The part whose next value is wanted. */
  #at = 0;
  #isOver = false;

  constructor(parts: readonly Source[], open: Open, names?: readonly string[]) {
    this.#replays = parts.map((part, at) => at === 0 ? undefined : new Replay(part, open));
    this.#cursors = parts.map((part, at) =>
      this.#replays[at] ?? new InputsCursor(() => open(part))
    );
    this.#combined = combinedBy(names);
  }

  take(): unknown {
    const last = this.#cursors.length - 1;
    while (!this.#isOver) {
      const value = this.#cursors[this.#at]?.take();
      if (value === WAIT) return WAIT;
      if (last < 0) {
        this.#isOver = true;
        return this.#combined([]);
      }
      if (value === END) {
        this.#isOver = this.#at === 0 || this.#replays[this.#at]?.isEmpty === true;
        this.#at--;
      } else {
        this.#values[this.#at] = value;
        if (this.#at === last) return this.#combined(this.#values);
        this.#at++;
      }
    }
    return END;
  }

  async wait(): Promise<void> {
    await this.#cursors[this.#at]?.wait();
  }

  close(): Promise<void> {
    return closeAll(this.#cursors);
  }
}
