/**
 * Who waits for something, in a line that can be left anywhere.
 *
 * @module
 */

/** Values in the order in which they came; to add, to take the first and to leave take the same time in any. */
export class Line<T extends object> {
  readonly #values = new Set<T>();
  /** Goes on where it was: a new iterator would pass over the places of all that have left. */
  #next = this.#values.values();

  get length(): number {
    return this.#values.size;
  }

  /** Puts a value at the end that is not in it. */
  add(value: T): void {
    this.#values.add(value);
  }

  shift(): T | undefined {
    const { done, value } = this.#next.next();
    if (done) this.#next = this.#values.values();
    else this.#values.delete(value);
    return value;
  }

  leave(value: T): void {
    this.#values.delete(value);
  }
}

/** One who waits, and has left the line by when it is told. */
interface Waiter<Told, Brought> {
  readonly brought: Brought;
  go(told: Told): void;
  fail(error: Error): void;
}

/** Those who wait, in the order in which they came. */
export class Waiters<Told, Brought = undefined> {
  readonly #line = new Line<Waiter<Told, Brought>>();

  get length(): number {
    return this.#line.length;
  }

  /** Waits for its turn; rejects with the reason of the signal if that comes first, and leaves the line. */
  wait(brought: Brought, signal?: AbortSignal): Promise<Told> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#line.leave(waiter);
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const waiter: Waiter<Told, Brought> = {
        brought,
        go: (told) => {
          leave();
          resolve(told);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      this.#line.add(waiter);
      signal?.addEventListener("abort", abort);
    });
  }

  shift(): Waiter<Told, Brought> | undefined {
    return this.#line.shift();
  }

  goAll(told: Told): void {
    for (let waiter = this.shift(); waiter; waiter = this.shift()) waiter.go(told);
  }

  failAll(error: Error): void {
    for (let waiter = this.shift(); waiter; waiter = this.shift()) waiter.fail(error);
  }
}
