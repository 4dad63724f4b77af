/**
 * Values that jobs hand to each other.
 *
 * @module
 */

import { ClosedError } from "./errors.ts";
import { type Home, homeOf, kept, Taken, type WaitOptions } from "./home.ts";
import { cloned } from "./revive.ts";
import { homeFor } from "./token.ts";
import { Line, Waiters } from "./waiters.ts";

/** What a {@link Queue} is. */
export interface QueueOptions {
  /** How many items it may hold, at least 1. @default any number */
  readonly size?: number;
}

const WORDS = {
  put: "Cannot put: the queue is closed",
  get: "Cannot get: the queue is closed, and nothing is left in it",
};

/**
 * A queue of values, first in, first out, after Python's `multiprocessing.Queue`.
 *
 * It lives in the isolate that has made it. Passed to a job, anywhere in its input, it works there as here,
 * in Workers and in processes. Values travel by structured clone; what is shared in them, this queue for
 * example, arrives as itself. Each item goes to one getter, in the order of asking. An item that was on its way to
 * a slot that died, or to a job that had ended, is back at its place in the queue.
 *
 * A job that ends waits for nothing any longer: what it has not awaited is withdrawn, and rejects. One that is to
 * end, by an abort or its timeout, is given nothing any more. A slot holds it as long as its code does.
 *
 * @example A producer waits until there is room
 * ```ts
 * import { Queue } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const queue = new Queue<number>({ size: 2 });
 * const produce = async () => {
 *   for (const n of [1, 2, 3, 4]) await queue.put(n);
 *   await queue.close();
 * };
 * const [items] = await Promise.all([Array.fromAsync(queue), produce()]);
 * assertEquals(items, [1, 2, 3, 4]);
 * ```
 */
export class Queue<T> implements AsyncIterable<T> {
  readonly #home: Home;
  readonly #size: number;

  /**
   * An empty queue.
   *
   * @throws {RangeError} If `size` is not a positive integer or `Infinity`.
   */
  constructor(options: QueueOptions = {}) {
    const { size = Infinity } = options;
    if (!(size >= 1 && (Number.isSafeInteger(size) || size === Infinity))) {
      throw new RangeError(`Cannot make a queue of size ${size}: wanted a positive integer`);
    }
    this.#size = size;
    this.#home = homeFor(this, "Queue", size, () => homeOfQueue(size));
  }

  /** How many items it may hold; `Infinity` if any number. */
  get size(): number {
    return this.#size;
  }

  /** How many items are in it now, those that are on their way to a getter left out. */
  async count(): Promise<number> {
    return await this.#home.perform("count", undefined, {}) as number;
  }

  /**
   * Puts a clone of a value at the end, which is made at once. Resolves when it is in; waits while the queue
   * is full, in the order of asking.
   *
   * @throws {ClosedError} If the queue is closed, or is closed before there is room.
   * @throws {DOMException} A `DataCloneError` if the value cannot be cloned.
   * @throws The reason of the signal, if that aborts first; then the value is not put.
   */
  async put(value: T, { signal }: WaitOptions = {}): Promise<void> {
    await this.#home.perform("put", value, { signal });
  }

  /**
   * Takes the first item; waits while there is none, in the order of asking.
   *
   * @throws {ClosedError} If the queue is closed, and nothing is left in it.
   * @throws The reason of the signal, if that aborts first; then no item is taken.
   */
  async get({ signal }: WaitOptions = {}): Promise<T> {
    return await kept<T>(this.#home.perform("get", undefined, { signal }));
  }

  /** Lets nothing more in. Whoever waits to put is refused; what is in it can still be got. */
  async close(): Promise<void> {
    await this.#home.perform("close", undefined, {});
  }

  /** Takes items, each when it is asked for, until the queue is closed and empty. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return untilClosed(() => this.get());
  }
}

/** What comes, until nothing more will. */
export async function* untilClosed<T>(next: () => Promise<T>): AsyncGenerator<T, void, undefined> {
  for (;;) {
    let item: T;
    try {
      item = await next();
    } catch (thrown) {
      if (thrown instanceof ClosedError) return;
      throw thrown;
    }
    yield item;
  }
}

function homeOfQueue(size: number): Home {
  const state = new QueueState(size, WORDS);
  return homeOf({
    // What comes from a slot is a clone already.
    put: (value, { signal, client }) => state.put(client ? value : cloned(value, "put"), signal),
    get: (_, { signal }) => state.get(signal),
    close: () => state.close(),
    count: () => state.count,
  });
}

interface Item {
  readonly value: unknown;
  readonly order: number;
}

/**
 * Items in the order in which they were put. One that was taken counts, and has its place, until it is known
 * to have arrived: there are never more than `size`, and one that comes back is where it was.
 */
export class QueueState {
  readonly #size: number;
  readonly #words: typeof WORDS;
  readonly #items = new Line<Item>();
  /** Those that came back, in their order; they go before all others. */
  readonly #back: Item[] = [];
  readonly #getters = new Waiters<Taken>();
  readonly #putters = new Waiters<void, unknown>();
  #put = 0;
  #underWay = 0;
  #isClosed = false;

  constructor(size: number, words: typeof WORDS) {
    this.#size = size;
    this.#words = words;
  }

  get count(): number {
    return this.#items.length + this.#back.length;
  }

  /** Resolves when there is room for it, and it is in. */
  async put(value: unknown, signal?: AbortSignal): Promise<void> {
    if (this.#isClosed) throw new ClosedError(this.#words.put);
    if (!this.#hasRoom) return await this.#putters.wait(value, signal);
    this.#add(value);
    this.#serve();
  }

  async get(signal?: AbortSignal): Promise<Taken> {
    if (this.#isDry) throw new ClosedError(this.#words.get);
    // Where there is an item, nobody waits for it.
    return this.count > 0 ? this.#take() : await this.#getters.wait(undefined, signal);
  }

  /** Nothing more goes in. @param isEmptied Whether nothing more comes out either. */
  close(isEmptied: boolean = false): void {
    this.#isClosed = true;
    while (isEmptied && this.count > 0) this.#next();
    this.#putters.failAll(new ClosedError(this.#words.put));
    this.#serve();
  }

  get #hasRoom(): boolean {
    return this.count + this.#underWay < this.#size;
  }

  /** Whether nothing can come any more. */
  get #isDry(): boolean {
    return this.#isClosed && this.count + this.#underWay === 0;
  }

  #add(value: unknown): void {
    this.#items.add({ value, order: this.#put++ });
  }

  #next(): Item {
    return this.#back.shift() ?? this.#items.shift() as Item;
  }

  #take(): Taken {
    const item = this.#next();
    this.#underWay++;
    const settled = () => {
      this.#underWay--;
      this.#serve();
    };
    return new Taken(item.value, settled, () => {
      this.#back.push(item);
      this.#back.sort((a, b) => a.order - b.order);
      settled();
    });
  }

  /** Lets go on who can. */
  #serve(): void {
    while (this.#hasRoom && this.#putters.length > 0) {
      const putter = this.#putters.shift();
      this.#add(putter?.brought);
      putter?.go();
    }
    while (this.count > 0 && this.#getters.length > 0) this.#getters.shift()?.go(this.#take());
    if (this.#isDry) this.#getters.failAll(new ClosedError(this.#words.get));
  }
}
