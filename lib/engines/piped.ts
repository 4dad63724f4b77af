/**
 * Messages as the bytes that go through a pipe.
 *
 * @module
 */

import { deserialize, serialize } from "node:v8";
import { type FromSlot, instead, type ToSlot } from "./wire.ts";

/** Where a message has a `Float64Array` of its own, which fills its buffer. */
const NUMBERS = ["inputs", "values", "times"] as const;

/**
 * A message in bytes. A `Float64Array` of its own goes as the buffer, which takes a third of the time.
 *
 * @param write Writes values as `serialize` of `node:v8` does.
 * @throws If the message cannot be cloned.
 */
export function toBytes(
  message: ToSlot | FromSlot,
  write: (value: unknown) => Uint8Array = serialize,
): Uint8Array {
  const bare: Record<string, ArrayBufferLike> = {};
  for (const key of NUMBERS) {
    const value = (message as unknown as Record<string, unknown>)[key];
    if (value instanceof Float64Array) bare[key] = value.buffer;
  }
  return write(instead(message, bare));
}

/**
 * What was made bytes; it is still to be checked.
 *
 * @throws If the bytes are those of no message.
 */
export function fromBytes(bytes: Uint8Array): unknown {
  const message: unknown = deserialize(bytes);
  if (!isRecord(message)) return message;
  for (const key of NUMBERS) {
    const value = message[key];
    if (value instanceof ArrayBuffer) message[key] = new Float64Array(value);
  }
  return message;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
