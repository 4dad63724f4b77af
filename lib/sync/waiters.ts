/**
 * Who waits for something, in a line that can be left anywhere.
 *
 * @module
 */

export interface PlaceInLine<T> {
  readonly value: T;
  before?: PlaceInLine<T>;
  behind?: PlaceInLine<T>;
  isLeft: boolean;
}

/** Values in the order in which they came; to add, to take the first and to leave take the same time in any. */
export class Line<T> {
  #first?: PlaceInLine<T>;
  #last?: PlaceInLine<T>;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Puts a value at the end; its place is what it leaves by. */
  add(value: T): PlaceInLine<T> {
    const place: PlaceInLine<T> = { value, before: this.#last, isLeft: false };
    if (this.#last) this.#last.behind = place;
    else this.#first = place;
    this.#last = place;
    this.#length++;
    return place;
  }

  /** Takes the first; a line of `undefined`s tells by its length whether there is one. */
  shift(): T | undefined {
    const place = this.#first;
    if (place) this.leave(place);
    return place?.value;
  }

  /** Takes a place out of the line, if it is in it. */
  leave(place: PlaceInLine<T>): void {
    if (place.isLeft) return;
    place.isLeft = true;
    const { before, behind } = place;
    if (before) before.behind = behind;
    else this.#first = behind;
    if (behind) behind.before = before;
    else this.#last = before;
    this.#length--;
  }
}

/** One who waits, and has left the line by when it is told. */
export interface Waiter<Told, Brought> {
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
        this.#line.leave(place);
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const place = this.#line.add({
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

  goAll(told: Told): void {
    for (let waiter = this.shift(); waiter; waiter = this.shift()) waiter.go(told);
  }

  failAll(error: Error): void {
    for (let waiter = this.shift(); waiter; waiter = this.shift()) waiter.fail(error);
  }
}
