/**
 * The pipe on which a process tells: which job it starts, and its messages.
 *
 * What was written there is there, however the process ends after that; the channel that Deno itself
 * gives a process loses what it has not sent yet.
 *
 * @module
 */

import { TooLarge } from "../../clones/uncloneable.ts";
import { bytesFrom, lengthOf, putFloat64 } from "../../primordials.ts";

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

  /** Says which job starts. */
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
  /** How long the part is to become. */
  #length = HEAD_BYTES;
  #isBroken = false;

  /** @param seal That of the channel. */
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
