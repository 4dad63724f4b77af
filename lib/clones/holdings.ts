/**
 * What values hold that can be moved to another thread.
 *
 * @module
 */

import type { Transferable } from "node:worker_threads";
import { isMarked } from "./move.ts";
import { isShared } from "../sync/token.ts";
import { cloneKindOf, isBuffer, type Kind } from "./kinds.ts";
import { Uncloneable } from "./uncloneable.ts";

/** A buffer that values refer to. */
export interface Held {
  /** The first that was found to refer to it: a view, or the buffer itself. */
  readonly by: ArrayBufferLike | ArrayBufferView;
  hasOthers: boolean;
  isMoved: boolean;
}

/** Whether all that refers to a buffer is one view, of a part of it. */
export function isPart(buffer: ArrayBuffer, { by, hasOthers }: Held): boolean {
  return !hasOthers && !buffer.resizable && by.byteLength < buffer.byteLength;
}

/** What a value holds, at any depth: buffers, and what else can be moved. */
export class Holdings {
  readonly buffers = new Map<ArrayBuffer, Held>();
  /** What is moved and is no buffer. */
  readonly movables = new Set<Transferable>();
  readonly marked: object[] = [];
  #left: number;
  readonly #seen = new Map<object, boolean>();
  readonly #waiting: { readonly value: unknown; readonly isMoved: boolean }[] = [];

  /**
   * @param options.movesAll Whether all is moved that can be, not only what is marked.
   * @param options.most How many parts of the value may be looked at.
   * @throws If the value cannot be sent, or has more parts.
   */
  constructor(value: unknown, { movesAll = false, most = Infinity } = {}) {
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
    else if (!isShared(value)) this.#lookInto(value, isMoved);
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

  #lookInto(value: object, isMoved: boolean): void {
    const kind = cloneKindOf(value);
    if (typeof kind !== "string") {
      if (kind.goes !== "moved") return;
      if (!isMoved) throw Uncloneable.unmoved(value, kind.name);
      this.movables.add(value as Transferable);
      return;
    }
    for (const part of partsOf(value, kind)) {
      if (--this.#left < 0) throw new RangeError("There are too many parts");
      this.#waiting.push({ value: part, isMoved });
    }
  }
}

/** What a clone of an object has clones of. */
function partsOf(value: object, kind: Kind): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (kind === "list" || kind === "set") return value as Iterable<unknown>;
  if (kind === "error") return Object.hasOwn(value, "cause") ? [(value as Error).cause] : [];
  return kind === "record" ? Object.values(value) : [];
}

function uncloneable(): DOMException {
  return new DOMException("The value cannot be cloned", "DataCloneError");
}
