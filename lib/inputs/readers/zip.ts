/**
 * Several sources in step, as inputs.
 *
 * @module
 */

import type { Source } from "../../job.ts";
import { combinedBy } from "./combined.ts";
import { closeAll, type Cursor, END, InputsCursor, type Open, overCursor, WAIT } from "./cursor.ts";

/**
 * The first values of all parts, then the second ones, until the shortest part ends, as with Python's `zip`
 * and GNU parallel's `:::+`: records by `names`, or lists. No parts give nothing.
 *
 * Parts are read in turn, as combinations are wanted. When one ends, those after it are not asked for
 * another value, and all are closed.
 *
 * @throws {Fault} From `next()`: what a part throws, after the combinations before it.
 */
export function zipOf(
  parts: readonly Source[],
  open: Open,
  names?: readonly string[],
): AsyncIterable<unknown> {
  return overCursor(() => new ZipCursor(parts, open, names));
}

class ZipCursor implements Cursor {
  readonly #cursors: readonly Cursor[];
  readonly #combined: (values: readonly unknown[]) => unknown;
  /** What the parts have given of the combination at hand. */
  #values: unknown[] = [];

  constructor(parts: readonly Source[], open: Open, names?: readonly string[]) {
    this.#cursors = parts.map((part) => new InputsCursor(() => open(part)));
    this.#combined = combinedBy(names);
  }

  take(): unknown {
    if (this.#cursors.length === 0) return END;
    while (this.#values.length < this.#cursors.length) {
      const value = this.#cursors[this.#values.length]?.take();
      if (value === WAIT || value === END) return value;
      this.#values.push(value);
    }
    const combination = this.#combined(this.#values);
    this.#values = [];
    return combination;
  }

  async wait(): Promise<void> {
    await this.#cursors[this.#values.length]?.wait();
  }

  close(): Promise<void> {
    return closeAll(this.#cursors);
  }
}
