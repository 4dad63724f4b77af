/**
 * Every combination of several sources, or all of them in step.
 *
 * @module
 */

import type { Source } from "../../source.ts";
import type { Items } from "../../streams/iteration.ts";
import { closeAll, type Cursor, END, InputsCursor, overCursor, WAIT } from "./cursor.ts";

/** Sources, one input of each of which is an input. */
export type JoinedParts = {
  readonly parts: readonly Source[];
  /** What the parts are called in the records that are given; lists are given if absent. */
  readonly names?: readonly string[];
};

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
  { parts, names }: JoinedParts,
  setting: PartsSetting,
): AsyncIterable<unknown> {
  return overCursor(() => {
    const cursors = parts.map((part, at) =>
      at === 0 ? new InputsCursor(() => setting.open(part)) : new Replay(part, setting)
    );
    const combined = combinedBy(names);
    const last = cursors.length - 1;
    /** The value of each part in the combination at hand. */
    const values: unknown[] = [];
    /** The part whose next value is wanted. */
    let at = 0;
    let isOver = false;
    return {
      take() {
        while (!isOver) {
          const value = cursors[at]?.take();
          if (value === WAIT) return WAIT;
          if (last < 0) {
            isOver = true;
            return combined([]);
          }
          if (value === END) {
            isOver = at === 0 || at >= values.length;
            at--;
          } else {
            values[at] = value;
            if (at === last) return combined(values);
            at++;
          }
        }
        return END;
      },
      wait: async () => await cursors[at]?.wait(),
      close: () => closeAll(cursors),
    };
  });
}

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
  { parts, names }: JoinedParts,
  setting: Pick<PartsSetting, "open">,
): AsyncIterable<unknown> {
  return overCursor(() => {
    const cursors = parts.map((part) => new InputsCursor(() => setting.open(part)));
    const combined = combinedBy(names);
    /** What the parts have given of the combination at hand. */
    let values: unknown[] = [];
    return {
      take() {
        if (cursors.length === 0) return END;
        while (values.length < cursors.length) {
          const value = cursors[values.length]?.take();
          if (value === WAIT || value === END) return value;
          values.push(value);
        }
        const combination = combined(values);
        values = [];
        return combination;
      },
      wait: async () => await cursors[values.length]?.wait(),
      close: () => closeAll(cursors),
    };
  });
}

/** Makes a record by the names, or a list where there are none, of values that it does not keep. */
function combinedBy(
  names: readonly string[] | undefined,
): (values: readonly unknown[]) => unknown {
  if (!names) return (values) => [...values];
  return (values) => {
    // In Deno, `__proto__` is a field like any other.
    const record: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at++) record[names[at] as string] = values[at];
    return record;
  };
}

/** What is asked of the parts that a source is joined from. */
export interface PartsSetting {
  /** The inputs of a part; nothing is read before they are iterated. */
  open(part: Source): Items;
  /** Whether a part can be counted on to give the same again. */
  isRepeatable(part: Source): boolean;
}

/** Values that are held of a source that could be read again instead. */
const MOST_HELD = 10_000;

/**
 * The inputs of a source, any number of times.
 *
 * They are held as they are read, so that the source is read once; unless it has more than 10,000
 * and can be counted on to give the same again: then none is held, and every round reads it anew.
 */
class Replay implements Cursor {
  readonly #open: () => Cursor;
  readonly #mostHeld: number;
  #cursor: Cursor;
  #held: unknown[] = [];
  #at = 0;
  #state: "holding" | "held" | "reading" = "holding";

  constructor(source: Source, setting: PartsSetting) {
    this.#open = () => new InputsCursor(() => setting.open(source));
    this.#mostHeld = setting.isRepeatable(source) ? MOST_HELD : Infinity;
    this.#cursor = this.#open();
  }

  /** As for any cursor; after `END`, the first value again. */
  take(): unknown {
    if (this.#state === "held") {
      if (this.#at < this.#held.length) return this.#held[this.#at++];
      this.#at = 0;
      return END;
    }
    const value = this.#cursor.take();
    if (value === WAIT) return WAIT;
    if (value === END) {
      if (this.#state === "holding") this.#state = "held";
      else this.#cursor = this.#open();
    } else if (this.#state === "holding" && this.#held.push(value) > this.#mostHeld) {
      this.#held = [];
      this.#state = "reading";
    }
    return value;
  }

  wait(): Promise<void> {
    return this.#cursor.wait();
  }

  close(): Promise<void> {
    return this.#cursor.close();
  }
}
