/**
 * What a queue is where it lives.
 *
 * @module
 */

import { ClosedError } from "./errors.ts";
import { Taken } from "./home.ts";
import { Line, Waiters } from "./waiters.ts";

/** What is said of a queue that is closed. */
export interface Words {
  readonly put: string;
  readonly get: string;
}

/** An item, and how many came before it. */
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
  readonly #words: Words;
  readonly #items = new Line<Item>();
  /** Those that came back, in their order; they go before all others. */
  readonly #back: Item[] = [];
  readonly #getters = new Waiters<Taken>();
  readonly #putters = new Waiters<void, unknown>();
  #put = 0;
  #underWay = 0;
  #isClosed = false;

  constructor(size: number, words: Words) {
    this.#size = size;
    this.#words = words;
  }

  /** How many items can be got. */
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

  /** Resolves when there is one. */
  async get(signal?: AbortSignal): Promise<Taken> {
    if (this.#isDry) throw new ClosedError(this.#words.get);
    // Where there is an item, nobody waits for it.
    return this.count > 0 ? this.#take() : await this.#getters.wait(undefined, signal);
  }

  /** Nothing more goes in. @param isEmptied Whether nothing more comes out either. */
  close(isEmptied: boolean = false): void {
    this.#isClosed = true;
    if (isEmptied) {
      while (this.count > 0) this.#next();
    }
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
