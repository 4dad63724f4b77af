/**
 * Values that are taken one at a time, without a promise where none is needed.
 *
 * @module
 */

import {
  asyncIteratorOf,
  type AtHand,
  isAsync,
  type Items,
  stepOf,
} from "../../streams/iteration.ts";
import { EventLoopYield } from "../../time/clock.ts";
import { type BlockReader, inBlocks } from "../../streams/blocks.ts";

/** What {@linkcode Cursor.take} gives when there are no more values. */
export const END: unique symbol = Symbol("end");

/** What {@linkcode Cursor.take} gives when the next value has to be waited for. */
export const WAIT: unique symbol = Symbol("wait");

/**
 * A stream that can be asked whether its next value is there.
 *
 * Sources that are made of others are written as cursors: however many parts they have to wait for, they do so in one
 * place, which can be left at any time.
 */
export interface Cursor {
  /** The next value, `END`, or `WAIT`: then it is asked again when `wait` has ended. */
  take(): unknown;
  /** Waits for what `take` lacked. */
  wait(): Promise<void>;
  /** Lets go of what is open, which ends a `wait` where the source does so. May be called again. */
  close(): Promise<void>;
}

/** Values in a block; those that are there already go together. */
const VALUES_PER_BLOCK = 1000;

/** Values that are taken of a source that is never waited for before others may have a turn. */
const VALUES_PER_TURN = 4096;

/**
 * The values of a cursor, as a stream; every iteration opens one of its own, at its first `next()`.
 *
 * @param size How many inputs that were read are in one value; the larger, the fewer are read at once.
 */
export function overCursor(open: () => Cursor, size: number = 1): AsyncIterable<unknown> {
  const perBlock = Math.max(1, Math.floor(VALUES_PER_BLOCK / size));
  return inBlocks(() => blocksOf(open(), perBlock));
}

function blocksOf(cursor: Cursor, perBlock: number): BlockReader<unknown> {
  const turns = new EventLoopYield();
  let closing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  const close = () => {
    closing ??= cursor.close();
    // Whoever waits for it is told; it is no error that nobody has waited yet.
    closing.catch(() => {});
    return closing;
  };
  return {
    stop: () => close(),
    async read() {
      const block: unknown[] = [];
      try {
        if (failure) throw failure.error;
        await turns.next();
        while (!closing && block.length < perBlock) {
          const value = cursor.take();
          if (value === END) close();
          else if (value !== WAIT) block.push(value);
          else if (block.length > 0) break;
          else await cursor.wait();
        }
      } catch (error) {
        if (block.length === 0) {
          // What went wrong first counts, not what goes wrong as the others are closed.
          closing ??= cursor.close().catch(() => {});
          throw error;
        }
        failure = { error };
      }
      if (block.length > 0) return block;
      await closing;
      return undefined;
    },
  };
}

/** A cursor that gives what `take` makes of another. */
export function cursorOver(source: Cursor, take: () => unknown): Cursor {
  return { take, wait: () => source.wait(), close: () => source.close() };
}

/** Closes all of them, also when one fails, and throws what the first of those threw. */
export async function closeAll(cursors: readonly Cursor[]): Promise<void> {
  const results = await Promise.allSettled(cursors.map((cursor) => cursor.close()));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/**
 * Inputs as they come, opened at the first `take()`. Now and then it wants to be waited for though they are there:
 * whoever leaves out or gathers millions of them is to leave a turn to others.
 */
export class InputsCursor implements Cursor {
  readonly #open: () => Items;
  #values?: Iterator<unknown>;
  #later?: AsyncIterator<unknown> & Partial<AtHand<unknown>>;
  #arrived?: IteratorResult<unknown>;
  #block: readonly unknown[] = [];
  #at = 0;
  #isOver = false;
  readonly #yield = new EventLoopYield();
  #taken = 0;
  #closing?: Promise<void>;

  constructor(open: () => Items) {
    this.#open = open;
  }

  take(): unknown {
    if (this.#isOver) return END;
    if (!this.#values && !this.#later) this.#start();
    if (this.#at < this.#block.length) return this.#block[this.#at++];
    if (this.#values && ++this.#taken % VALUES_PER_TURN === 0) return WAIT;
    const arrived = this.#arrived;
    this.#arrived = undefined;
    if (!this.#values && !arrived) return this.#atHand();
    try {
      const step = arrived ?? stepOf((this.#values as Iterator<unknown>).next());
      if (!step.done) return step.value;
    } catch (error) {
      this.#forget();
      throw error;
    }
    this.#forget();
    return END;
  }

  #atHand(): unknown {
    this.#block = this.#later?.takeAtHand?.(VALUES_PER_BLOCK) ?? [];
    this.#at = 0;
    return this.#block.length > 0 ? this.#block[this.#at++] : WAIT;
  }

  async wait(): Promise<void> {
    if (this.#values) return await this.#yield.next();
    try {
      this.#arrived = stepOf(await this.#later?.next());
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#closing ??= this.#end();
  }

  async #end(): Promise<void> {
    this.#values?.return?.();
    await this.#later?.return?.();
  }

  /** One that has ended, or thrown, is not closed. */
  #forget(): void {
    this.#isOver = true;
    this.#values = undefined;
    this.#later = undefined;
  }

  #start(): void {
    const inputs = this.#open();
    if (isAsync(inputs)) this.#later = asyncIteratorOf(inputs);
    else this.#values = inputs[Symbol.iterator]();
  }
}
