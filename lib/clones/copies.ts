/**
 * Big buffers that are copied, so that the copy can be moved.
 *
 * @module
 */

import { isError } from "../fault.ts";
import { isShared } from "../sync/token.ts";
import type { Held } from "./holdings.ts";
import { cloneKindOf } from "./kinds.ts";

/** From how many bytes on it is faster to copy a buffer and move the copy than to have it cloned. */
export const BIG_BYTES = 32 * 1024;

type ViewKind = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;

const TYPED_ARRAYS: ReadonlyMap<string, ViewKind> = new Map(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float16Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map((kind) => [kind.name, kind]),
);

/** The copies that go in one message: one of each buffer, however many values refer to it. */
export class Copies {
  /** Those that are big themselves. */
  readonly big: ArrayBuffer[] = [];
  /** By what was copied: a buffer, or a view that shows a part of one. */
  readonly #copies = new Map<object, ArrayBuffer>();

  /**
   * A value as it is, with copies of buffers in it.
   *
   * @param buffers Those that are copied, with what in the value refers to them. Of one that only a view refers to,
   * no more is copied than the view shows.
   */
  in(value: unknown, buffers: Iterable<readonly [ArrayBuffer, Held]>): unknown {
    const made = new Map<object, object>();
    for (const [buffer, { by, hasOthers }] of buffers) {
      if (hasOthers || !ArrayBuffer.isView(by) || by.byteLength === buffer.byteLength) {
        made.set(buffer, this.#copyOf(buffer, buffer, 0, buffer.byteLength));
      } else {
        const copy = this.#copyOf(by, buffer, by.byteOffset, by.byteLength);
        made.set(by, viewLike(by, copy, 0));
      }
    }
    return rebuilt(value, made);
  }

  #copyOf(what: object, buffer: ArrayBuffer, start: number, length: number): ArrayBuffer {
    const known = this.#copies.get(what);
    if (known) return known;
    const copy = buffer.slice(start, start + length);
    this.#copies.set(what, copy);
    if (length >= BIG_BYTES) this.big.push(copy);
    return copy;
  }
}

/**
 * A value with other parts in it, made anew where it leads to them.
 *
 * @param made What stands for a part; what is made anew is added.
 */
function rebuilt(value: unknown, made: Map<object, object>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = made.get(value);
  if (known) return known;
  if (ArrayBuffer.isView(value)) {
    const buffer = made.get(value.buffer);
    if (!(buffer instanceof ArrayBuffer)) return value;
    return noted(value, viewLike(value, buffer, value.byteOffset), made);
  }
  const kind = cloneKindOf(value);
  if (
    typeof kind !== "string" || kind === "whole" || kind === "exception" || kind === "buffer" ||
    isShared(value)
  ) {
    return value;
  }
  if (isError(value)) return errorLike(value, made);
  if (value instanceof Map) {
    const map = noted(value, new Map(), made);
    for (const [key, part] of value) map.set(rebuilt(key, made), rebuilt(part, made));
    return map;
  }
  if (value instanceof Set) {
    const set = noted(value, new Set(), made);
    for (const part of value) set.add(rebuilt(part, made));
    return set;
  }
  const record: object = noted(value, Array.isArray(value) ? new Array(value.length) : {}, made);
  for (const [key, part] of Object.entries(value)) {
    // A part may have any name, that of the prototype too.
    Object.defineProperty(record, key, { ...PROPERTY, value: rebuilt(part, made) });
  }
  return record;
}

/** An error of which a clone is what it is of the other, but for its cause. */
function errorLike(value: Error, made: Map<object, object>): Error {
  const error = noted(value, new Error(value.message), made);
  Object.setPrototypeOf(error, Object.getPrototypeOf(value));
  for (const key of ["name", "stack"]) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property) Object.defineProperty(error, key, property);
  }
  if (Object.hasOwn(value, "cause")) error.cause = rebuilt(value.cause, made);
  return error;
}

const PROPERTY = { enumerable: true, writable: true, configurable: true } as const;

/** Known before its parts are, for they may lead back to it. */
function noted<T extends object>(value: object, copy: T, made: Map<object, object>): T {
  made.set(value, copy);
  return copy;
}

/** A view of the same kind and size on another buffer, of a class of the language. */
function viewLike(
  view: ArrayBufferView,
  buffer: ArrayBuffer,
  offset: number,
): ArrayBufferView {
  const kind = TYPED_ARRAYS.get(nameOfKind.call(view));
  if (!kind) return new DataView(buffer, offset, view.byteLength);
  return new kind(buffer, offset, (view as Uint8Array).length);
}

/** The name of a typed array's kind, whatever its class; none of another view. */
const nameOfKind = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get as (this: ArrayBufferView) => string;
