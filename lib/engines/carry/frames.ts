/**
 * Messages in the pipes between a process and its runner.
 *
 * A message is pieces: what is written of it, and then, as they are, the big buffers in it. So none of them is copied
 * to be written, and each arrives on memory of its own. The runner sends pieces by the channel that Deno gives a
 * process. What the process tells, which job it starts, and its messages, are frames in a pipe of its own: what was
 * written there is there, however the process ends after that, while that channel loses what it has not sent yet.
 *
 * @module
 */

import { departing, read, write } from "../../clones/clone_bytes.ts";
import { BIG_BYTES } from "../../clones/copies.ts";
import { TooLarge } from "../../clones/uncloneable.ts";
import { bytesFrom, lengthOf, putFloat64 } from "../../primordials.ts";
import { areFlat, type FromSlot, instead, type Target, type ToSlot } from "./wire.ts";

/** The first byte of pieces in one; what is written of a message begins with another, that of its version. */
const IN_PIECES = 0;

/** Before pieces in one: that byte and their count in four; then the length of each. */
const TABLE_BYTES = 5;
const LENGTH_BYTES = 8;

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
  const table = new DataView(new ArrayBuffer(TABLE_BYTES + pieces.length * LENGTH_BYTES));
  table.setUint8(0, IN_PIECES);
  table.setUint32(1, pieces.length);
  pieces.forEach(({ length }, i) => table.setFloat64(TABLE_BYTES + i * LENGTH_BYTES, length));
  return [new Uint8Array(table.buffer), ...pieces];
}

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
  let at = TABLE_BYTES + count * LENGTH_BYTES;
  for (let i = 0; i < count; i++) {
    const length = table.getFloat64(TABLE_BYTES + i * LENGTH_BYTES);
    if (!(length >= 0 && at + length <= bytes.length)) throw new RangeError("A piece is cut off");
    pieces.push(bytes.subarray(at, at += length));
  }
  return pieces;
}

/** The pipe, in the process. */
export const FRAMES_FD = 4;

/** With what exit code a process ends that can reach its pipe no more. */
export const LOST_CODE = 213;

/** Bytes that each frame of a channel begins with, and nothing else that is written into its pipe. */
export const SEAL_BYTES = 8;

/** After the seal eight bytes: the index of a job, or, below zero, the length of the message that follows. */
const HEAD_BYTES = SEAL_BYTES + Float64Array.BYTES_PER_ELEMENT;

/** The longest message that is believed in. */
const MOST_BYTES = 2 ** 31;

/** How much room is made for a message at first, and how many times what has come of it after that. */
const FIRST_BYTES = 2 ** 20;
const GROWTH = 4;

/** The seal of a channel, which functions do not get to know. */
export function newSeal(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SEAL_BYTES));
}

/** Writes frames with `write`, which takes some of the bytes at once and says how many. */
export class FrameWriter {
  readonly #write: (bytes: Uint8Array) => number;
  readonly #head = new Uint8Array(HEAD_BYTES);
  readonly #value = new DataView(this.#head.buffer, SEAL_BYTES);
  readonly #most: number;

  /**
   * @param seal That of the channel.
   * @param most How long a message may be.
   */
  constructor(seal: Uint8Array, write: (bytes: Uint8Array) => number, most: number = MOST_BYTES) {
    this.#head.set(seal);
    this.#write = write;
    this.#most = most;
  }

  mark(index: number): void {
    this.#putHead(index);
  }

  /**
   * Sends a message, of pieces one behind the other; it is not empty.
   *
   * @throws {TooLarge} If it is longer than the other side believes; nothing is written then.
   */
  message(pieces: readonly Uint8Array[]): void {
    let length = 0;
    for (let i = 0; i < pieces.length; i++) length += lengthOf(pieces[i] as Uint8Array);
    if (length > this.#most) throw new TooLarge(length, this.#most);
    this.#putHead(-length);
    for (let i = 0; i < pieces.length; i++) this.#putAll(pieces[i] as Uint8Array);
  }

  #putHead(value: number): void {
    putFloat64(this.#value, 0, value);
    this.#putAll(this.#head);
  }

  #putAll(bytes: Uint8Array): void {
    const length = lengthOf(bytes);
    let written = this.#write(bytes);
    while (written < length) written += this.#write(bytesFrom(bytes, written));
  }
}

/** What a {@link FrameReader} finds. */
export interface FrameEvents {
  marked(index: number): void;
  message(bytes: Uint8Array): void;
  /** What came is no frame; nothing more is told. */
  broken(): void;
}

/**
 * Reads frames from pieces of any size. The bytes of each message are its own, and take no more room than what has
 * come of them, times a few.
 */
export class FrameReader {
  readonly #events: FrameEvents;
  readonly #seal: Uint8Array;
  readonly #head = new Uint8Array(HEAD_BYTES);
  /** What is being filled: the head, or a message. */
  #part: Uint8Array = this.#head;
  #filled = 0;
  #length = HEAD_BYTES;
  #isBroken = false;

  constructor(seal: Uint8Array, events: FrameEvents) {
    this.#seal = seal;
    this.#events = events;
  }

  /** Takes the next piece, and keeps nothing of it. */
  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length && !this.#isBroken;) {
      const end = Math.min(piece.length, at + this.#part.length - this.#filled);
      this.#part.set(piece.subarray(at, end), this.#filled);
      this.#filled += end - at;
      at = end;
      if (this.#filled === this.#length) this.#take();
      else if (this.#filled === this.#part.length) this.#grow();
    }
  }

  #grow(): void {
    const part = new Uint8Array(Math.min(this.#length, this.#filled * GROWTH));
    part.set(this.#part);
    this.#part = part;
  }

  #take(): void {
    const part = this.#part;
    this.#next(this.#head, HEAD_BYTES);
    if (part !== this.#head) return this.#events.message(part);
    const value = new DataView(part.buffer).getFloat64(SEAL_BYTES);
    const isSealed = this.#seal.every((byte, i) => part[i] === byte);
    if (!isSealed || !Number.isSafeInteger(value) || value < -MOST_BYTES) {
      this.#isBroken = true;
      this.#events.broken();
    } else if (value >= 0) {
      this.#events.marked(value);
    } else {
      this.#next(new Uint8Array(Math.min(-value, FIRST_BYTES)), -value);
    }
  }

  #next(part: Uint8Array, length: number): void {
    this.#part = part;
    this.#filled = 0;
    this.#length = length;
  }
}
