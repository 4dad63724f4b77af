/**
 * Who waits for something.
 *
 * @module
 */

import { Line } from "./line.ts";

/** One who waits, and has left the line by when it is told. */
export interface Waiter<Told, Brought> {
  /** What it came with. */
  readonly brought: Brought;
  /** Has it go on. */
  go(told: Told): void;
  /** Has it go on with an error. */
  fail(error: Error): void;
}

/** Those who wait, in the order in which they came. */
export class Waiters<Told, Brought = undefined> {
  readonly #line = new Line<Waiter<Told, Brought>>();

  /** How many wait. */
  get length(): number {
    return this.#line.length;
  }

  /** Waits for its turn; rejects with the reason of the signal if that comes first, and leaves the line. */
  wait(brought: Brought, signal?: AbortSignal): Promise<Told> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#line.leave(spot);
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const spot = this.#line.add({
        brought,
        go: (told) => {
          leave();
          resolve(told);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      });
      signal?.addEventListener("abort", abort);
    });
  }

  /** The next of them, which is to be told. */
  shift(): Waiter<Told, Brought> | undefined {
    return this.#line.shift();
  }

  /** Has all go on. */
  goAll(told: Told): void {
    for (let waiter = this.shift(); waiter; waiter = this.shift()) waiter.go(told);
  }

  /** Has all go on with an error. */
  failAll(error: Error): void {
    for (let waiter = this.shift(); waiter; waiter = this.shift()) waiter.fail(error);
  }
}
