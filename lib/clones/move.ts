/**
 * Values that may be given away.
 *
 * @module
 */

/** What was marked in this realm, by this or another copy of the module, and has not been moved yet. */
interface Marks {
  readonly objects: WeakSet<object>;
  /** How many there are; of those that are never sent, too. */
  count: number;
}

const MARKS: unique symbol = Symbol.for("fanfold.moves") as never;

function marks(): Marks {
  const realm = globalThis as unknown as { [MARKS]?: Marks };
  return realm[MARKS] ??= { objects: new WeakSet(), count: 0 };
}

/**
 * Marks a value to be moved instead of copied when it travels between the runner and a Worker, and returns it.
 *
 * It may be an input, a result, or a part of one. Every `ArrayBuffer` in it is moved, also under views and in lists,
 * records, `Map`s and `Set`s, at any depth, and so are `MessagePort`s and streams, which travel in no other way. What
 * stands around the value is copied. On the other side it arrives as if it had not been marked.
 *
 * What was moved is gone where it came from: a buffer has no bytes there any more, and a view on it is empty. A job whose
 * input was moved before, to a job that has the same buffer or in an attempt that is made again, fails with a
 * `DataCloneError`. A mark stays until the value is moved. Shared memory, the memory of WebAssembly, and values that
 * are no objects are not moved, nor is anything where a process is on the other side: the mark means nothing then. What
 * is put into a `Queue` or sent by a `Connection` is copied.
 *
 * @example A buffer changes hands
 * ```ts
 * import { move, Pool } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const module = "data:text/javascript,export const last = (bytes) => bytes.at(-1)";
 * await using pool = new Pool(module, { jobs: 1 });
 * const bytes = new Uint8Array([1, 2, 3]);
 * assertEquals(await pool.apply("last", [move(bytes)]), 3);
 * assertEquals(bytes.length, 0);
 * ```
 */
export function move<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  const { objects, count } = marks();
  if (!objects.has(value)) marks().count = count + 1;
  objects.add(value);
  return value;
}

/** Whether anything is marked: if not, there is no need to look for it. */
export function hasMarks(): boolean {
  return marks().count > 0;
}

export function isMarked(value: object): boolean {
  return marks().objects.has(value);
}

/** Takes the mark off a value that has been moved. */
export function unmark(value: object): void {
  if (marks().objects.delete(value)) marks().count--;
}
