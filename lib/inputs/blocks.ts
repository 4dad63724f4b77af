/**
 * Inputs that arrive many at a time and are handed on one by one.
 *
 * @module
 */

/** Something that is being read. */
export interface BlockReader<T> {
  /** The next inputs, perhaps none; `undefined` once there are no more. */
  read(): Promise<readonly T[] | undefined>;
  /** Lets go of what is open, and ends a `read` that waits. May be called at any time. */
  stop(): Promise<void>;
}

/**
 * A stream of single inputs over blocks of them.
 *
 * Every iteration opens a reader of its own, at its first `next()`. Inputs within a block cost no more
 * than a settled promise each. Calls of `next()` that overlap are answered in order; `return()` is
 * answered at once, even while a `next()` waits for data that may never come.
 */
export function inBlocks<T>(open: () => BlockReader<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new BlockIterator(open) };
}

class BlockIterator<T> implements AsyncIterator<T, undefined> {
  readonly #open: () => BlockReader<T>;
  #reader?: BlockReader<T>;
  #block: readonly T[] = [];
  #at = 0;
  #isOver = false;
  /** The last refill that somebody waits for; what comes after it waits for it too. */
  #refill?: Promise<unknown>;

  constructor(open: () => BlockReader<T>) {
    this.#open = open;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (!this.#refill && this.#at < this.#block.length) return Promise.resolve(this.#take());
    const result = this.#refill ? this.#refill.then(() => this.#pull()) : this.#pull();
    const settled = result.catch(() => {}).then(() => {
      if (this.#refill === settled) this.#refill = undefined;
    });
    this.#refill = settled;
    return result;
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
        await this.#reader?.stop();
        throw error;
      }
    }
    return { done: true, value: undefined };
  }
}
