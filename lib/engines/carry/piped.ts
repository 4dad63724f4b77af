/**
 * Messages as the bytes that go through a pipe.
 *
 * A message is pieces: what is written of it, and then, as they are, the big buffers in it. So none of them is copied
 * to be written, and each arrives on memory of its own.
 *
 * @module
 */

import { departing, read, write } from "../../clones/bytes.ts";
import { BIG_BYTES } from "../../clones/copies.ts";
import { areFlat, type FromSlot, instead, type Target, type ToSlot } from "./wire.ts";

/** The first byte of pieces in one; what is written of a message begins with another, that of its version. */
const IN_PIECES = 0;

/**
 * The pieces of a message. They are to be sent before anything else is done: they may be memory of its values.
 *
 * @throws If the message cannot be cloned, or not leave the process.
 */
export function toPieces(message: ToSlot | FromSlot | Target): Uint8Array[] {
  const key = KEYS[message.kind];
  if (key === undefined) return [write(message)];
  const own = (message as unknown as Record<string, unknown>)[key];
  const isList = message.kind !== "ask" && message.kind !== "answer";
  const list = isList ? own as ArrayLike<unknown> : [own];
  const { values, big, exceptions } = areFlat(list)
    ? { values: list, big: [], exceptions: [] }
    : departing(list, BIG_BYTES);
  const laden = isList ? values : values[0];
  const written = write(laden === own ? message : instead(message, { [key]: laden }), {
    big,
    exceptions: message.kind === "ended" && message.failures.length > 0
      ? [...exceptions, ...departing(message.failures).exceptions]
      : exceptions,
  });
  return big.length === 0 ? [written] : [written, ...big.map((buffer) => new Uint8Array(buffer))];
}

/** Where a message has values of functions. */
const KEYS: Readonly<Record<string, string>> = {
  jobs: "inputs",
  ended: "values",
  target: "args",
  ask: "value",
  answer: "value",
};

/**
 * The message of pieces; it is still to be checked.
 *
 * @throws If they are those of no message.
 */
export function fromPieces(pieces: readonly Uint8Array[]): unknown {
  const written = pieces[0];
  if (!written) throw new RangeError("There are no pieces");
  return pieces.length === 1 ? read(written) : read(written, pieces.slice(1).map(ownBuffer));
}

/** The memory of a piece, if that is all of it, or a copy. */
function ownBuffer({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return buffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** Pieces to be written one behind the other, as one. */
export function inOne(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  if (pieces.length === 1) return pieces;
  const table = new DataView(new ArrayBuffer(HEAD_BYTES + pieces.length * LENGTH_BYTES));
  table.setUint8(0, IN_PIECES);
  table.setUint32(1, pieces.length);
  pieces.forEach(({ length }, i) => table.setFloat64(HEAD_BYTES + i * LENGTH_BYTES, length));
  return [new Uint8Array(table.buffer), ...pieces];
}

const HEAD_BYTES = 5;
const LENGTH_BYTES = 8;

/**
 * The pieces that were written as one.
 *
 * @throws {RangeError} If they are none.
 */
export function outOfOne(bytes: Uint8Array): Uint8Array[] {
  if (bytes[0] !== IN_PIECES) return [bytes];
  const table = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = table.getUint32(1);
  const pieces: Uint8Array[] = [];
  let at = HEAD_BYTES + count * LENGTH_BYTES;
  for (let i = 0; i < count; i++) {
    const length = table.getFloat64(HEAD_BYTES + i * LENGTH_BYTES);
    if (!(length >= 0 && at + length <= bytes.length)) throw new RangeError("A piece is cut off");
    pieces.push(bytes.subarray(at, at += length));
  }
  return pieces;
}
