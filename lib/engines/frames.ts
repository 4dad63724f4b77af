/**
 * The pipe on which a process tells: which job it starts, and its messages.
 *
 * What was written there is there, however the process ends after that; the channel that Deno itself
 * gives a process loses what it has not sent yet.
 *
 * @module
 */

/** The pipe, in the process. */
export const FRAMES_FD = 4;

/** With what exit code a process ends that can reach its pipe no more. */
export const LOST_CODE = 213;

/** Eight bytes: the index of a job, or, below zero, the length of the message that follows. */
const HEAD_BYTES = 8;

/** The longest message that is believed in. */
const MOST_BYTES = 2 ** 31;

/** Writes frames with `write`, which takes some of the bytes at once and says how many. */
export class FrameWriter {
  readonly #write: (bytes: Uint8Array) => number;
  readonly #head = new DataView(new ArrayBuffer(HEAD_BYTES));

  constructor(write: (bytes: Uint8Array) => number) {
    this.#write = write;
  }

  /** Says which job starts. */
  mark(index: number): void {
    this.#putHead(index);
  }

  /** Sends a message, of pieces one behind the other; it is not empty. */
  message(...pieces: readonly Uint8Array[]): void {
    this.#putHead(-pieces.reduce((sum, { length }) => sum + length, 0));
    for (const piece of pieces) this.#putAll(piece);
  }

  #putHead(value: number): void {
    this.#head.setFloat64(0, value);
    this.#putAll(new Uint8Array(this.#head.buffer));
  }

  #putAll(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += this.#write(bytes.subarray(at));
  }
}

/** What a {@link FrameReader} finds. */
export interface FrameEvents {
  marked(index: number): void;
  message(bytes: Uint8Array): void;
  /** What came is no frame; nothing more is told. */
  broken(): void;
}

/** Reads frames from pieces of any size. The bytes of each message are its own. */
export class FrameReader {
  readonly #events: FrameEvents;
  readonly #head = new Uint8Array(HEAD_BYTES);
  /** What is being filled: the head, or a message. */
  #part: Uint8Array = this.#head;
  #filled = 0;
  #isBroken = false;

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  /** Takes the next piece, and keeps nothing of it. */
  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length && !this.#isBroken;) {
      const end = Math.min(piece.length, at + this.#part.length - this.#filled);
      this.#part.set(piece.subarray(at, end), this.#filled);
      this.#filled += end - at;
      at = end;
      if (this.#filled === this.#part.length) this.#take();
    }
  }

  #take(): void {
    const part = this.#part;
    this.#filled = 0;
    this.#part = this.#head;
    if (part !== this.#head) return this.#events.message(part);
    const value = new DataView(part.buffer).getFloat64(0);
    if (!Number.isSafeInteger(value) || value < -MOST_BYTES) {
      this.#isBroken = true;
      this.#events.broken();
    } else if (value >= 0) {
      this.#events.marked(value);
    } else {
      this.#part = new Uint8Array(-value);
    }
  }
}
