/**
 * A source of items that is read bit by bit, and closed.
 *
 * @module
 */

import { CLOCK, type Clock, type LongWait } from "../time/clock.ts";
import { Fault } from "../fault.ts";
import { asyncIteratorOf, type AtHand, isAsync, type Items, stepOf } from "../streams/iteration.ts";

/** How long a source may take to close, in ms: its `return()` may be code of the user. */
const CLOSING_MS = 5000;

export interface SourceReaderOptions {
  /** How long a source that is just giving an item is waited for as it is closed, in ms. @default 0 */
  readonly busyMs?: number;
  readonly clock?: Clock;
  readonly longWait?: LongWait;
}

/** Reads a source bit by bit, by the rules of `for await`; a source that throws has ended. */
export class SourceReader<I> {
  readonly #sync?: Iterator<I>;
  /** The source, if it is a plain list, which is read without a step for each item. */
  readonly #list?: readonly I[];
  #listed = 0;
  readonly #async?: AsyncIterator<I> & Partial<AtHand<I>>;
  readonly #options: SourceReaderOptions;
  /** Whether nothing more is read. */
  #isOver = false;
  /** Whether it has neither ended nor thrown, and was not closed. */
  #isOpen = true;
  /** Whether it is just giving an item, and what is called when a synchronous source has. */
  #isStepping = false;
  #stepped?: () => void;
  /** Whether it has come to its end, rather than being stopped. */
  #hasEnded = false;
  #failure?: { readonly reason: unknown };
  #closed?: Promise<void>;

  /** @throws What the source throws as it is asked for its iterator. */
  constructor(source: Items<I>, options: SourceReaderOptions) {
    this.#options = options;
    if (isAsync(source)) this.#async = asyncIteratorOf(source);
    else this.#sync = source[Symbol.iterator]();
    if (isPlainList(source)) this.#list = source;
  }

  get isSync(): boolean {
    return this.#sync !== undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it has come to its end, and all of its items were read. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get failure(): { readonly reason: unknown } | undefined {
    return this.#failure;
  }

  stop(): void {
    this.#isOver = true;
    this.#options.longWait?.stop();
  }

  /** Up to `max` items of a synchronous source; fewer where it ends. */
  read(max: number): I[] {
    if (this.#isOver) return [];
    if (this.#list) return this.#readList(this.#list, max);
    const items: I[] = [];
    this.#isStepping = true;
    try {
      while (items.length < max && !this.#isOver) {
        const step = stepOf((this.#sync as Iterator<I>).next());
        if (step.done) this.#end();
        else items.push(step.value);
      }
    } catch (reason) {
      this.#end({ reason });
    }
    this.#isStepping = false;
    this.#stepped?.();
    return items;
  }

  /** Up to `max` items of an asynchronous source that are there; none if the next one has to be waited for. */
  atHand(max: number): readonly I[] {
    return this.#async?.takeAtHand?.(max) ?? [];
  }

  /** The next item of an asynchronous source; none where it ends, or is over by then. */
  async next(): Promise<readonly I[]> {
    let items: readonly I[] = [];
    this.#isStepping = true;
    this.#options.longWait?.begin();
    try {
      const step = stepOf(await (this.#async as AsyncIterator<I>).next());
      if (step.done) this.#end();
      else items = [step.value];
    } catch (reason) {
      this.#end({ reason });
    }
    this.#isStepping = false;
    this.#options.longWait?.end();
    return this.#isOver ? [] : items;
  }

  /**
   * Reads nothing more, and closes the source, unless it has ended or thrown. A source that is just giving an item
   * closes after it: it is waited for by `busyMs`, and then left.
   *
   * @throws What it throws as it closes.
   * @throws {Fault} If it has not closed after 5 s; then it is left.
   */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.stop();
    // It is closed from within its own code, and a generator that runs cannot be closed.
    if (this.#sync && this.#isStepping) {
      await new Promise<void>((stepped) => this.#stepped = stepped);
    }
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#sync?.return?.();
    if (!this.#async) return;
    // One that somebody has written need not give a promise.
    const closed = Promise.resolve(this.#async.return?.());
    const { busyMs = 0 } = this.#options;
    if (this.#isStepping) await this.#isIn(busyMs, closed.catch(() => {}));
    else if (!await this.#isIn(CLOSING_MS, closed)) {
      const what = `return() of their iterator has not settled within ${CLOSING_MS / 1000} s`;
      throw new Fault("input", `Cannot close the inputs: ${what}`);
    }
  }

  async #isIn(ms: number, over: PromiseLike<unknown>): Promise<boolean> {
    if (ms === 0) return false;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const { clock = CLOCK } = this.#options;
    const callOff = clock.after(ms, resolve);
    try {
      return await Promise.race([over.then(() => true), late.then(() => false)]);
    } finally {
      callOff();
    }
  }

  #readList(list: readonly I[], max: number): I[] {
    const items: I[] = [];
    const end = Math.min(this.#listed + max, list.length);
    while (this.#listed < end) items.push(list[this.#listed++] as I);
    if (items.length < max) this.#end();
    return items;
  }

  #end(failure?: { readonly reason: unknown }): void {
    this.#hasEnded = !this.#isOver && !failure;
    this.stop();
    this.#isOpen = false;
    this.#failure ??= failure;
  }
}

/** Whether it is a list whose iterator gives its items and does nothing else. */
function isPlainList<I>(source: Items<I>): source is readonly I[] {
  return Array.isArray(source) && source[Symbol.iterator] === LIST_ITERATOR &&
    Object.getPrototypeOf(source) === Array.prototype;
}

const LIST_ITERATOR = Array.prototype[Symbol.iterator];
