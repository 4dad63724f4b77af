/**
 * Values that are needed again and again.
 *
 * @module
 */

import type { Source } from "../../source.ts";
import type { Items } from "../../streams/iteration.ts";
import { type Cursor, END, InputsCursor, WAIT } from "./cursor.ts";

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
export class Replay implements Cursor {
  readonly #open: () => Cursor;
  readonly #mostHeld: number;
  #cursor: Cursor;
  #held: unknown[] = [];
  #at = 0;
  #state: "holding" | "held" | "reading" = "holding";
  #isEmpty = true;

  /** Nothing is opened yet. */
  constructor(source: Source, setting: PartsSetting) {
    this.#open = () => new InputsCursor(() => setting.open(source));
    this.#mostHeld = setting.isRepeatable(source) ? MOST_HELD : Infinity;
    this.#cursor = this.#open();
  }

  /** Whether it has given no value so far. */
  get isEmpty(): boolean {
    return this.#isEmpty;
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
      return END;
    }
    this.#isEmpty = false;
    if (this.#state === "holding") this.#hold(value);
    return value;
  }

  wait(): Promise<void> {
    return this.#cursor.wait();
  }

  close(): Promise<void> {
    return this.#cursor.close();
  }

  #hold(value: unknown): void {
    if (this.#held.length < this.#mostHeld) {
      this.#held.push(value);
    } else {
      this.#held = [];
      this.#state = "reading";
    }
  }
}
