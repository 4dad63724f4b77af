/**
 * Where printers write: text and bytes in their order, a few large writes for many small ones.
 *
 * @module
 */

import { Fault, messageOf } from "../fault.ts";
import { CLOCK, type Clock } from "../time/clock.ts";

/** How many bytes are gathered before they are written. */
const BUFFER_BYTES = 64 * 1024;

/** How soon after a write the next one may follow that is not due to a full buffer, in ms: each wakes a thread. */
const PAUSE_MS = 5;

const LINE_FEED = 10;

/** Writes all of some bytes to where they go in the end. */
export type WriteAll = (bytes: Uint8Array) => Promise<void>;

/**
 * A buffer before a file, a pipe or a terminal. What was put comes out at once, or, if something else has
 * just come out, a few milliseconds later; while a write is under way, what comes next is gathered.
 */
export class Sink {
  readonly #writeAll: WriteAll;
  readonly #onFailure: (reason: unknown) => void;
  readonly #encoder = new TextEncoder();
  #buffer = new Uint8Array(BUFFER_BYTES);
  /** A buffer that has been written, to be filled again: V8 frees those it has no use for late. */
  #spare?: Uint8Array<ArrayBuffer>;
  #used = 0;
  readonly #clock: Clock;
  #callOff?: () => void;
  #wroteAt = -Infinity;
  #writing: Promise<void> = Promise.resolve();
  /** How many writes have not ended, and how many have. */
  #open = 0;
  #ended = 0;
  #failure?: { readonly reason: unknown };
  #isLineOpen = false;

  /**
   * @param writeAll Writes; called again only when it is done, and the bytes are others then.
   * @param onFailure Told of the first write that fails, at once: whoever waits for something else hears of it
   * too.
   */
  constructor(
    writeAll: WriteAll,
    onFailure: (reason: unknown) => void = () => {},
    clock: Clock = CLOCK,
  ) {
    this.#writeAll = writeAll;
    this.#onFailure = onFailure;
    this.#clock = clock;
  }

  /**
   * Puts text or bytes; a promise is to be waited for before more is put.
   *
   * @throws What writing threw.
   */
  put(piece: string | Uint8Array): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.reason;
    if (piece.length > 0) this.#isLineOpen = !isEnd(piece.at(-1));
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
    this.#callOff ??= this.#clock.after(this.#pauseMs(), () => this.#flushSoon());
    return full;
  }

  /**
   * Resolves when all that was put has been written.
   *
   * @throws What writing threw.
   */
  flush(): Promise<void> {
    this.#callOff?.();
    this.#callOff = undefined;
    if (this.#used === 0) return this.#writing;
    const filled = this.#buffer;
    const bytes = filled.subarray(0, this.#used);
    this.#buffer = this.#spare ?? new Uint8Array(BUFFER_BYTES);
    this.#spare = undefined;
    this.#used = 0;
    const written = this.#write(bytes);
    written.then(() => this.#spare = filled).catch(() => {});
    return written;
  }

  /** Whether what was put last has no line end behind it. */
  get isLineOpen(): boolean {
    return this.#isLineOpen;
  }

  /** The number of the write that is under way; nothing if none is. */
  get writing(): number | undefined {
    return this.#open > 0 ? this.#ended : undefined;
  }

  #pauseMs(): number {
    return Math.max(0, this.#wroteAt + PAUSE_MS - this.#clock.now());
  }

  /** Not before the write under way is done: what many puts leave would pile up behind it. */
  async #flushSoon(): Promise<void> {
    await this.#writing.catch(() => {});
    this.flush().catch(() => {});
  }

  #write(bytes: Uint8Array): Promise<void> {
    this.#wroteAt = this.#clock.now();
    this.#open++;
    this.#writing = this.#writing.then(() => this.#writeAll(bytes)).catch((reason) => {
      if (!this.#failure) this.#onFailure(reason);
      this.#failure ??= { reason };
      throw reason;
    }).finally(() => {
      this.#open--;
      this.#ended++;
    });
    this.#writing.catch(() => {});
    return this.#writing;
  }
}

function isEnd(last: string | number | undefined): boolean {
  return last === "\n" || last === LINE_FEED;
}

/**
 * Writes all of some bytes to a stream.
 *
 * @param name How the stream is called in a fault.
 * @throws {Deno.errors.BrokenPipe} When its reader has gone.
 * @throws {Fault} Of kind `engine`, for any other reason, such as a full disk.
 */
export function writerTo(stream: Pick<typeof Deno.stdout, "write">, name: string): WriteAll {
  return async (bytes) => {
    try {
      for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
    } catch (thrown) {
      if (thrown instanceof Deno.errors.BrokenPipe) throw thrown;
      const message = `Cannot write to ${name}: ${messageOf(thrown)}`;
      throw new Fault("engine", message, { cause: thrown });
    }
  };
}
