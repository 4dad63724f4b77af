/**
 * A line that can be left anywhere.
 *
 * @module
 */

/** A place in a line. */
export interface Spot<T> {
  readonly value: T;
  before?: Spot<T>;
  behind?: Spot<T>;
  isLeft: boolean;
}

/** Values in the order in which they came; to add, to take the first and to leave take the same time in any. */
export class Line<T> {
  #first?: Spot<T>;
  #last?: Spot<T>;
  #length = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Puts a value at the end; its place is what it leaves by. */
  add(value: T): Spot<T> {
    const spot: Spot<T> = { value, before: this.#last, isLeft: false };
    if (this.#last) this.#last.behind = spot;
    else this.#first = spot;
    this.#last = spot;
    this.#length++;
    return spot;
  }

  /** Takes the first; a line of `undefined`s tells by its length whether there is one. */
  shift(): T | undefined {
    const spot = this.#first;
    if (spot) this.leave(spot);
    return spot?.value;
  }

  /** Takes a place out of the line, if it is in it. */
  leave(spot: Spot<T>): void {
    if (spot.isLeft) return;
    spot.isLeft = true;
    const { before, behind } = spot;
    if (before) before.behind = behind;
    else this.#first = behind;
    if (behind) behind.before = before;
    else this.#last = before;
    this.#length--;
  }
}
