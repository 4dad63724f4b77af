/**
 * Inputs that arrive many at a time and are handed on one by one.
 *
 * @module
 */

import type { AtHand } from "./iteration.ts";

/** Something that is being read. */
export interface BlockReader<T> {
  /** The next inputs, perhaps none; `undefined` once there are no more. */
  read(): Promise<readonly T[] | undefined>;
  /** Lets go of what is open, and ends a `read` that waits. May be called at any time. */
  stop(): Promise<void>;
}

/**
 * A stream of single inputs over blocks of them; its iterators are {@linkcode AtHand}.
 *
 * Every iteration opens a reader of its own, at its first `next()`. Calls of `next()` that overlap are
 * answered in order; `return()` is answered at once, even while a `next()` waits for data that may never
 * come.
 */
export function inBlocks<T>(open: () => BlockReader<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new Blocks(open) };
}

class Blocks<T> implements AsyncIterator<T, undefined>, AtHand<T> {
  readonly #open: () => BlockReader<T>;
  #reader?: BlockReader<T>;
  #block: readonly T[] = [];
  #at = 0;
  #isOver = false;
  /** Calls of `next()` that are not answered; the last of them, for what comes after it. */
  #calls = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(open: () => BlockReader<T>) {
    this.#open = open;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#calls === 0 && this.#at < this.#block.length) return Promise.resolve(this.#take());
    const result = this.#calls > 0 ? this.#last.then(() => this.#pull()) : this.#pull();
    this.#calls++;
    this.#last = result.catch(() => {});
    return result;
  }

  takeAtHand(max: number): readonly T[] {
    if (this.#calls > 0) return [];
    const items = this.#block.slice(this.#at, this.#at + max);
    this.#at += items.length;
    return items;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    await this.#reader?.stop();
    return { done: true, value: undefined };
  }

  #take(): IteratorResult<T, undefined> {
    return { done: false, value: this.#block[this.#at++] as T };
  }

  #end(): void {
    this.#isOver = true;
    this.#block = [];
  }

  async #pull(): Promise<IteratorResult<T, undefined>> {
    try {
      while (!this.#isOver) {
        if (this.#at < this.#block.length) return this.#take();
        this.#reader ??= this.#open();
        const block = await this.#reader.read();
        if (this.#isOver) break;
        if (block === undefined) {
          this.#end();
        } else {
          this.#block = block;
          this.#at = 0;
        }
      }
    } catch (error) {
      // Whoever has stopped reading does not care why the reading broke off.
      if (!this.#isOver) {
        this.#end();
        await this.#reader?.stop().catch(() => {});
        throw error;
      }
    } finally {
      this.#calls--;
    }
    return { done: true, value: undefined };
  }
}
