/**
 * Numbers in memory that Workers share.
 *
 * @module
 */

/** A class of typed arrays: `Int32Array`, `Float64Array`, `BigInt64Array` and the like. */
export interface ArrayClass<A> {
  /** How many bytes an element takes. */
  readonly BYTES_PER_ELEMENT: number;
  /** What its instances are like. */
  readonly prototype: A;
  /** A view of memory. */
  new (memory: SharedArrayBuffer): A;
}

/**
 * A typed array of zeros in shared memory, after Python's `multiprocessing.Array`.
 *
 * Passed to a job in a Worker, anywhere in its input, it is the same memory there: what one writes all others
 * see. Nothing is locked; what is read, changed and written needs `Atomics` or a `Lock`. Processes
 * share no memory: there the job fails, with the path of the array.
 *
 * @example A histogram that Workers could fill at the same time
 * ```ts
 * import { sharedArray } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const counts = sharedArray(Int32Array, 3);
 * for (const bin of [0, 2, 2]) Atomics.add(counts, bin, 1);
 * assertEquals([...counts], [1, 0, 2]);
 * ```
 *
 * @param type The class of the array.
 * @param length How many elements it has.
 * @throws {RangeError} If `length` is not an integer, or is below 0, or takes more memory than there is.
 */
export function sharedArray<A>(type: ArrayClass<A>, length: number): A {
  if (!(Number.isSafeInteger(length) && length >= 0)) {
    throw new RangeError(
      `Cannot share an array of length ${length}: wanted an integer, at least 0`,
    );
  }
  return new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
}
