/**
 * What goes wrong with what is shared, and how that crosses a link.
 *
 * @module
 */

import { isError } from "../fault.ts";
import { whyUncloneable } from "../clones/uncloneable.ts";
import type { ErrorRecord } from "../job.ts";

/** A queue, or one end of a pipe, is closed: nothing more goes in, or nothing more will come. */
export class ClosedError extends Error {
  /** Always `"ClosedError"`. */
  override readonly name = "ClosedError";
}

/** A barrier is broken: somebody who waited there is gone, or has given up for all. */
export class BrokenBarrierError extends Error {
  /** Always `"BrokenBarrierError"`. */
  override readonly name = "BrokenBarrierError";
}

const KINDS = { ClosedError, BrokenBarrierError, TypeError, RangeError } as const;

/** What was thrown, so that it can be sent. */
export function toSyncRecord(thrown: unknown): ErrorRecord {
  if (isError(thrown)) return { name: thrown.name, message: thrown.message };
  return { name: "Error", message: String(thrown) };
}

/** The error of a record, of its own class where that is one of those that are to be told apart. */
export function fromSyncRecord({ name, message }: ErrorRecord): Error {
  if (name === "DataCloneError") return new DOMException(message, name);
  if (Object.hasOwn(KINDS, name)) return new KINDS[name as keyof typeof KINDS](message);
  return Object.assign(new Error(message), { name });
}

/** The error of a value that cannot be cloned. @param doing What was to be done with it. */
export function uncloneable(doing: string, thrown: unknown, value: unknown): DOMException {
  const why = whyUncloneable(value, "value", thrown);
  return new DOMException(`Cannot ${doing}: ${why.replace(/\.$/, "")}`, "DataCloneError");
}
