/**
 * What a function of the user gives, as inputs.
 *
 * @module
 */

import { Fault } from "../fault.ts";

/** Values of the user's, synchronous or not. */
export type Given = Iterable<unknown> | AsyncIterable<unknown>;

type GivenIterator = Iterator<unknown> | AsyncIterator<unknown>;

/**
 * Passes on what a user's iterable gives; a promise in a synchronous one is awaited.
 *
 * `open` is called at the first `next()`, and `return()` is that of the user's iterator: a
 * generator that waits is stopped once it goes on.
 *
 * @param name Completes "Cannot read inputs of".
 * @throws {Fault} Of kind `input`, from `next()` or `return()`: whatever the user's code throws, as its
 * cause, unless it is a fault already.
 */
export function generated(
  open: () => Given | Promise<Given>,
  name = "a function",
): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => new GeneratedIterator(open, name) };
}

class GeneratedIterator implements AsyncIterator<unknown, undefined> {
  readonly #open: () => Given | Promise<Given>;
  readonly #name: string;
  #opening?: Promise<GivenIterator>;
  #source?: GivenIterator;
  #isOver = false;

  constructor(open: () => Given | Promise<Given>, name: string) {
    this.#open = open;
    this.#name = name;
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    try {
      this.#source ??= await (this.#opening ??= this.#start());
      // `return` was called meanwhile, and a generator that never started has nothing to clean up.
      if (this.#isOver) return { done: true, value: undefined };
      const { done, value } = await this.#source.next();
      if (!done) return { done: false, value: await value };
    } catch (error) {
      this.#isOver = true;
      throw this.#ungiven(error);
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
        throw this.#ungiven(error);
      }
    }
    return { done: true, value: undefined };
  }

  async #start(): Promise<GivenIterator> {
    return iteratorOf(await this.#open());
  }

  #ungiven(error: unknown): Fault {
    if (error instanceof Fault) return error;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : Deno.inspect(error);
    return new Fault("input", `Cannot read inputs of ${this.#name}: ${reason}`, { cause: error });
  }
}

function iteratorOf(source: Given): GivenIterator {
  if (Object(source)[Symbol.asyncIterator]) {
    return (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  }
  if (Object(source)[Symbol.iterator]) return (source as Iterable<unknown>)[Symbol.iterator]();
  throw new TypeError(`found ${Deno.inspect(source)}, expected an iterable`);
}
