/**
 * What values hold that can be moved to another thread.
 *
 * @module
 */

import type { Transferable } from "node:worker_threads";
import { isMarked } from "../move.ts";
import { isShared } from "../sync/token.ts";

/** What can be moved beside buffers, and cannot be cloned. */
const MOVABLES = [MessagePort, ReadableStream, WritableStream, TransformStream];

/** A buffer that values refer to. */
export interface Held {
  /** The first that was found to refer to it: a view, or the buffer itself. */
  readonly by: ArrayBufferLike | ArrayBufferView;
  /** Whether there is another that does. */
  hasOthers: boolean;
  isMoved: boolean;
}

/** How {@link Holdings} are looked for. */
export interface HoldingsOptions {
  /** Whether all is moved that can be, not only what is marked. @default false */
  readonly movesAll?: boolean;
  /** How many parts of the value are looked at. @default any number */
  readonly most?: number;
}

/** What a value holds, at any depth: buffers, and what else can be moved. */
export class Holdings {
  readonly buffers = new Map<ArrayBuffer, Held>();
  /** What is moved and is no buffer. */
  readonly movables = new Set<Transferable>();
  /** What is marked to be moved. */
  readonly marked: object[] = [];
  #left: number;
  /** Whether each object was found to be moved. */
  readonly #seen = new Map<object, boolean>();
  readonly #waiting: { readonly value: unknown; readonly isMoved: boolean }[] = [];

  /** @throws If the value cannot be sent, or has more parts than may be looked at. */
  constructor(value: unknown, { movesAll = false, most = Infinity }: HoldingsOptions = {}) {
    this.#left = most;
    this.#look(value, movesAll);
    // No recursion, for values may be as deep as they like.
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop()) {
      this.#look(next.value, next.isMoved);
    }
  }

  #look(value: unknown, isInMoved: boolean): void {
    if (typeof value === "function" || typeof value === "symbol") throw uncloneable();
    if (typeof value !== "object" || value === null) return;
    const isMarkedItself = isMarked(value);
    const isMoved = isInMoved || isMarkedItself;
    const wasMoved = this.#seen.get(value);
    if (wasMoved || wasMoved === isMoved) return;
    this.#seen.set(value, isMoved);
    if (isMarkedItself) this.marked.push(value);
    if (ArrayBuffer.isView(value)) this.#hold(value.buffer, value, isMoved);
    else if (isBuffer(value)) this.#hold(value, value, isMoved);
    else if (!isShared(value) && !(isMoved && this.#takes(value))) this.#lookInto(value, isMoved);
  }

  #hold(buffer: ArrayBufferLike, by: Held["by"], isMoved: boolean): void {
    if (buffer instanceof SharedArrayBuffer) return;
    if (buffer.detached) throw uncloneable();
    const held = this.buffers.get(buffer);
    if (!held) {
      this.buffers.set(buffer, { by, hasOthers: false, isMoved });
      return;
    }
    held.isMoved ||= isMoved;
    held.hasOthers ||= held.by !== by;
  }

  #takes(value: object): boolean {
    if (!MOVABLES.some((kind) => value instanceof kind)) return false;
    this.movables.add(value as Transferable);
    return true;
  }

  #lookInto(value: object, isMoved: boolean): void {
    if (!isContainer(value)) {
      structuredClone(value);
      return;
    }
    for (const part of partsOf(value)) {
      if (--this.#left < 0) throw new RangeError("There are too many parts");
      this.#waiting.push({ value: part, isMoved });
    }
  }
}

/** Whether it is a buffer, shared or not. */
export function isBuffer(value: object): value is ArrayBufferLike {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

/** Whether a clone of an object has clones of its parts: a list, a `Map`, a `Set`, or a record, of whatever class. */
export function isContainer(value: object): boolean {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ||
    Object.prototype.toString.call(value) === "[object Object]";
}

function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (Array.isArray(value) || value instanceof Set) return value;
  return Object.values(value);
}

function uncloneable(): DOMException {
  return new DOMException("The value cannot be cloned", "DataCloneError");
}
