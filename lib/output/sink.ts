/**
 * Where printers write: text and bytes in their order, a few large writes for many small ones.
 *
 * @module
 */

/** How many bytes are gathered before they are written. */
const BUFFER_BYTES = 64 * 1024;

/** Writes all of some bytes to where they go in the end. */
export type WriteAll = (bytes: Uint8Array) => Promise<void>;

/** A buffer before a file, a pipe or a terminal. What was put comes out soon, even if nothing follows. */
export class Sink {
  readonly #writeAll: WriteAll;
  readonly #encoder = new TextEncoder();
  #buffer = new Uint8Array(BUFFER_BYTES);
  #used = 0;
  #timer?: ReturnType<typeof setTimeout>;
  #writing: Promise<void> = Promise.resolve();
  #failure?: { readonly reason: unknown };

  constructor(writeAll: WriteAll) {
    this.#writeAll = writeAll;
  }

  /**
   * Puts text or bytes; a promise is to be waited for before more is put.
   *
   * @throws What writing threw.
   */
  put(piece: string | Uint8Array): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.reason;
    const wanted = typeof piece === "string" ? piece.length * 3 : piece.length;
    let full: Promise<void> | undefined;
    if (this.#used + wanted > BUFFER_BYTES) full = this.flush();
    if (wanted > BUFFER_BYTES) {
      return this.#write(typeof piece === "string" ? this.#encoder.encode(piece) : piece);
    }
    if (typeof piece === "string") {
      this.#used += this.#encoder.encodeInto(piece, this.#buffer.subarray(this.#used)).written;
    } else {
      this.#buffer.set(piece, this.#used);
      this.#used += piece.length;
    }
    this.#timer ??= setTimeout(() => this.flush().catch(() => {}), 0);
    return full;
  }

  /**
   * Resolves when all that was put has been written.
   *
   * @throws What writing threw.
   */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#used === 0) return this.#writing;
    const bytes = this.#buffer.subarray(0, this.#used);
    this.#buffer = new Uint8Array(BUFFER_BYTES);
    this.#used = 0;
    return this.#write(bytes);
  }

  #write(bytes: Uint8Array): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll(bytes)).catch((reason) => {
      this.#failure ??= { reason };
      throw reason;
    });
    this.#writing.catch(() => {});
    return this.#writing;
  }
}
