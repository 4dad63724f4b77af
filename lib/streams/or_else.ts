/**
 * Inputs that take the place of others.
 *
 * @module
 */

import { asyncIteratorOf, type AtHand, isAsync, type Items } from "./iteration.ts";

/** Those of the one, or if there are none, those of the other; what lies at hand is still taken many at a time. */
export function orElse(inputs: Items, other: () => Iterable<unknown>): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => new OrElse(inputs, other) };
}

class OrElse implements AsyncIterator<unknown>, AtHand<unknown> {
  readonly #other: () => Iterable<unknown>;
  #source: (Iterator<unknown> | AsyncIterator<unknown>) & Partial<AtHand<unknown>>;
  #isFirst = true;

  constructor(inputs: Items, other: () => Iterable<unknown>) {
    this.#other = other;
    this.#source = isAsync(inputs) ? asyncIteratorOf(inputs) : inputs[Symbol.iterator]();
  }

  async next(): Promise<IteratorResult<unknown>> {
    const step = await this.#source.next();
    if (!this.#isFirst) return step;
    this.#isFirst = false;
    if (!step.done) return step;
    this.#source = this.#other()[Symbol.iterator]();
    return this.#source.next();
  }

  takeAtHand(max: number): readonly unknown[] {
    return this.#isFirst ? [] : this.#source.takeAtHand?.(max) ?? [];
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.#isFirst = false;
    await this.#source.return?.();
    return { done: true, value: undefined };
  }
}
