/**
 * What a job writes, held until somebody reads it.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import type { Output } from "../job.ts";
import { type Extent, Spill } from "./spill.ts";

/** The streams of a job. */
export type StreamName = "stdout" | "stderr";

/** How many bytes may wait in memory for one reader that is there. */
const READER_BYTES = 256 * 1024;

/**
 * The memory and the file that all spools of a run share.
 *
 * @default 16 MiB of memory
 */
export class SpoolStore implements Disposable {
  readonly spill: Spill = new Spill();
  /** Bytes in memory that nobody reads yet. */
  held = 0;
  readonly capacity: number;

  constructor(capacity: number = 16 * 1024 * 1024) {
    this.capacity = capacity;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.spill[Symbol.dispose]();
  }
}

type Piece = Uint8Array | Extent;

/** One stream of a job: bytes in their order, some in memory, some in the file. */
class Channel {
  readonly #store: SpoolStore;
  #pieces: Piece[] = [];
  #inMemory = 0;
  #isRead = false;
  #hasEnded = false;
  #isDropped = false;
  #readerWakes = () => {};
  #writerGoesOn?: () => void;

  constructor(store: SpoolStore) {
    this.#store = store;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#isDropped || bytes.length === 0) return undefined;
    const fits = this.#isRead || this.#store.held + bytes.length <= this.#store.capacity;
    if (fits) {
      this.#pieces.push(bytes);
      this.#inMemory += bytes.length;
      this.#store.held += bytes.length;
    } else {
      this.#pieces.push(this.#spill(bytes));
    }
    this.#readerWakes();
    if (!this.#isRead || this.#inMemory < READER_BYTES) return undefined;
    return new Promise((goOn) => this.#writerGoesOn = goOn);
  }

  end(): void {
    this.#hasEnded = true;
    this.#readerWakes();
  }

  async *read(): AsyncGenerator<Uint8Array> {
    this.#isRead = true;
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece) yield* this.#bytesOf(piece);
      else if (this.#hasEnded) return;
      else await new Promise<void>((wake) => this.#readerWakes = wake);
      if (this.#inMemory < READER_BYTES) this.#writerGoesOn?.();
    }
  }

  drop(): void {
    this.#isDropped = true;
    for (const piece of this.#pieces) this.#free(piece);
    this.#pieces = [];
    this.end();
    this.#writerGoesOn?.();
  }

  #spill(bytes: Uint8Array): Extent {
    try {
      return this.#store.spill.append(bytes);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const hint = "make room, or name another folder in TMPDIR";
      throw new Fault("engine", `Cannot hold output in a temporary file: ${reason}`, {
        cause,
        hint,
      });
    }
  }

  *#bytesOf(piece: Piece): Generator<Uint8Array> {
    if (piece instanceof Uint8Array) {
      this.#free(piece);
      yield piece;
      return;
    }
    try {
      yield* this.#store.spill.read(piece);
    } finally {
      this.#free(piece);
    }
  }

  #free(piece: Piece): void {
    if (piece instanceof Uint8Array) {
      this.#inMemory -= piece.length;
      this.#store.held -= piece.length;
    } else {
      this.#store.spill.free(piece);
    }
  }
}

/**
 * The output of one job. While nobody reads it, writing never waits: beyond the memory of the store
 * it goes to the file. From when somebody reads, a writer is asked to wait for a slow reader.
 */
export class Spool implements Output {
  readonly #channels: Readonly<Record<StreamName, Channel>>;

  constructor(store: SpoolStore) {
    this.#channels = { stdout: new Channel(store), stderr: new Channel(store) };
  }

  /**
   * Adds bytes; a promise is to be waited for before more are added.
   *
   * @throws {Fault} If they fit nowhere.
   */
  write(stream: StreamName, bytes: Uint8Array): Promise<void> | undefined {
    return this.#channels[stream].write(bytes);
  }

  /** Nothing will be added any more. */
  end(): void {
    this.#channels.stdout.end();
    this.#channels.stderr.end();
  }

  /** The bytes of a stream, once; what has been read is gone. */
  read(stream: StreamName): AsyncIterable<Uint8Array> {
    return this.#channels[stream].read();
  }

  /** Gives up what has not been read. */
  drop(): void {
    this.#channels.stdout.drop();
    this.#channels.stderr.drop();
  }
}
