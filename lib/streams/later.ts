/**
 * Inputs whose module is loaded when they are read.
 *
 * @module
 */

import type { AtHand } from "./iteration.ts";

/**
 * A stream that is loaded at its first `next()`: a run has inputs of one kind or two, and pays for no others.
 * `return()` before that loads nothing.
 */
export function later<T>(load: () => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new Later(load) };
}

class Later<T> implements AsyncIterator<T, undefined>, AtHand<T> {
  readonly #load: () => Promise<AsyncIterable<T>>;
  #loading?: Promise<AsyncIterable<T>>;
  #opened?: AsyncIterator<T> & Partial<AtHand<T>>;
  #isOver = false;

  constructor(load: () => Promise<AsyncIterable<T>>) {
    this.#load = load;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.#opened ? this.#opened.next() : this.#first();
  }

  takeAtHand(max: number): readonly T[] {
    return this.#opened?.takeAtHand?.(max) ?? [];
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#isOver = true;
    await this.#opened?.return?.();
    return { done: true, value: undefined };
  }

  async #first(): Promise<IteratorResult<T, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    this.#loading ??= this.#load();
    const stream = await this.#loading;
    if (this.#isOver) return { done: true, value: undefined };
    this.#opened ??= stream[Symbol.asyncIterator]();
    return this.#opened.next();
  }
}
