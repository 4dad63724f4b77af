/**
 * What a function of the user gives, as inputs.
 *
 * @module
 */

import { Fault } from "../fault.ts";

/**
 * Passes on what a user's iterable gives; a promise in a synchronous one is awaited.
 *
 * `open` is called at the first `next()`, and `return()` is that of the user's iterator: a
 * generator that waits is stopped once it goes on.
 *
 * @throws {Fault} Of kind `input`, from `next()` or `return()`: whatever the user's code throws, as its
 * cause, unless it is a fault already.
 */
export function generated(
  open: () => Iterable<unknown> | AsyncIterable<unknown>,
): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => new GeneratedIterator(open) };
}

class GeneratedIterator implements AsyncIterator<unknown, undefined> {
  readonly #open: () => Iterable<unknown> | AsyncIterable<unknown>;
  #source?: Iterator<unknown> | AsyncIterator<unknown>;
  #isOver = false;

  constructor(open: () => Iterable<unknown> | AsyncIterable<unknown>) {
    this.#open = open;
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    try {
      this.#source ??= iteratorOf(this.#open());
      const { done, value } = await this.#source.next();
      if (!done) return { done: false, value: await value };
    } catch (error) {
      this.#isOver = true;
      throw ungiven(error);
    }
    this.#isOver = true;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    if (!this.#isOver) {
      this.#isOver = true;
      try {
        await this.#source?.return?.();
      } catch (error) {
        throw ungiven(error);
      }
    }
    return { done: true, value: undefined };
  }
}

function iteratorOf(
  source: Iterable<unknown> | AsyncIterable<unknown>,
): Iterator<unknown> | AsyncIterator<unknown> {
  if (Object(source)[Symbol.asyncIterator]) {
    return (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  }
  if (Object(source)[Symbol.iterator]) return (source as Iterable<unknown>)[Symbol.iterator]();
  throw new TypeError(`found ${Deno.inspect(source)}, expected an iterable`);
}

function ungiven(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : Deno.inspect(error);
  return new Fault("input", `Cannot read inputs of a function: ${reason}`, { cause: error });
}
