/**
 * Reads a pipe into memory that is used again.
 *
 * @module
 */

/** How much is read at once, at the most. */
const ROOM_BYTES = 64 * 1024;

/** Memory that is read into, and used again: each command has two streams, and most write little. */
const FREE: ArrayBuffer[] = [];
const MOST_FREE = 16;

/** A stream of bytes, piece by piece; each piece is its reader's. */
export class PipeReader {
  readonly #reader: ReadableStreamBYOBReader;
  #room = FREE.pop() ?? new ArrayBuffer(ROOM_BYTES);

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader({ mode: "byob" });
  }

  /** What comes next; nothing at the end. */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { done, value } = await this.#reader.read(new Uint8Array(this.#room));
    if (done || !value) {
      if (value && FREE.length < MOST_FREE) FREE.push(value.buffer);
      return undefined;
    }
    const isFew = value.length * 2 < ROOM_BYTES;
    this.#room = isFew ? value.buffer : new ArrayBuffer(ROOM_BYTES);
    return isFew ? value.slice() : value;
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}
