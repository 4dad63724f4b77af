/**
 * When a task has had enough.
 *
 * @module
 */

import type { Counts, Halt } from "./job.ts";

/** The inputs of a task: given at once, or as they come. */
type Inputs = Iterable<unknown> | AsyncIterable<unknown>;

/** Holds what a task is halted on against how its jobs have ended. */
export class Halting {
  readonly #halt: Halt;
  /** How many inputs there are in all; known where it is to be a share of them. */
  #total = Infinity;

  constructor(halt: Halt) {
    this.#halt = halt;
  }

  /**
   * The inputs, which are all read before the first of them is given where it is to be a share of them; GNU
   * parallel does the same.
   */
  counted(inputs: Inputs): Inputs {
    return "percent" in this.#halt.limit ? this.#readFirst(inputs) : inputs;
  }

  /** Whether enough of the jobs have ended so. */
  isReached(counts: Counts): boolean {
    const { why, limit } = this.#halt;
    const { done, cancelled: _, ...notWell } = counts;
    const failed = Object.values(notWell).reduce((sum, count) => sum + count);
    const reached = { fail: failed, success: done, done: done + failed }[why];
    // Multiplied first: a share of 7 % of 100 jobs would be a little more than 7.
    return "count" in limit
      ? reached >= limit.count
      : reached > 0 && reached * 100 >= this.#total * limit.percent;
  }

  async *#readFirst(inputs: Inputs): AsyncGenerator<unknown, void, undefined> {
    const held = await Array.fromAsync(inputs);
    this.#total = held.length;
    yield* held;
  }
}
