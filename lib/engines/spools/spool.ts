/**
 * What a job writes, held until somebody reads it: in memory, and in a file what does not fit there.
 *
 * @module
 */

import { Fault, messageOf } from "../../fault.ts";
import type { Output } from "../../job.ts";

export type StreamName = "stdout" | "stderr";

/** Told of a piece as it is written. */
export type Tap = (stream: StreamName, bytes: Uint8Array) => void;

/** How many bytes may wait in memory for one reader that is there. */
const READER_BYTES = 256 * 1024;

/** The most that a pipe may hold, as systems are set up. */
const PIPE_BYTES = 1024 * 1024;

/** Up to how many bytes pieces in memory are made one. */
const SMALL_BYTES = 4096;

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

  [Symbol.dispose](): void {
    this.spill[Symbol.dispose]();
  }
}

type Piece = Uint8Array | Extent;

/** One stream of a job: bytes in their order, some in memory, some in the file. */
class Channel {
  readonly #store: SpoolStore;
  readonly #pieces = new Pieces();
  #inMemory = 0;
  #isRead = false;
  #hasEnded = false;
  #isDropped = false;
  /** How much is still taken of a writer that has ended. */
  #left?: number;
  #readerWakes = () => {};
  /** Where a writer waits for a slow reader. */
  #room?: PromiseWithResolvers<void>;

  constructor(store: SpoolStore) {
    this.#store = store;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#isDropped || bytes.length === 0) return undefined;
    if (this.#left !== undefined && (this.#left -= bytes.length) < 0) return undefined;
    // A reader's share is beside the store's: it is there so that little has to wait.
    const isTaken = this.#isRead && this.#inMemory < READER_BYTES;
    if (isTaken || this.#store.held + bytes.length <= this.#store.capacity) {
      this.#pieces.push(alone(bytes));
      this.#inMemory += bytes.length;
      this.#store.held += bytes.length;
    } else {
      this.#pieces.push(this.#spill(bytes));
    }
    this.#readerWakes();
    if (!this.#isRead || this.#left !== undefined || this.#inMemory < READER_BYTES) {
      return undefined;
    }
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  end(): void {
    this.#hasEnded = true;
    this.#readerWakes();
  }

  exited(): void {
    this.#left = PIPE_BYTES;
    this.#goOn();
  }

  read(): AsyncGenerator<Uint8Array> {
    this.#isRead = true;
    return this.#readAll();
  }

  async *#readAll(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const piece = this.#pieces.shift();
        if (piece) yield* this.#bytesOf(piece);
        else if (this.#hasEnded) return;
        else await new Promise<void>((wake) => this.#readerWakes = wake);
        if (this.#inMemory < READER_BYTES) this.#goOn();
      }
    } finally {
      this.drop(); // Who stops early wants no more of it, and nobody else can read it.
    }
  }

  /** All that is held and that nobody has read. */
  *held(): Generator<Uint8Array> {
    for (const piece of this.#pieces.all()) {
      if (piece instanceof Uint8Array) yield piece;
      else yield* this.#store.spill.read(piece);
    }
  }

  drop(): void {
    this.#isDropped = true;
    for (let piece = this.#pieces.shift(); piece; piece = this.#pieces.shift()) this.#free(piece);
    this.end();
    this.#goOn();
  }

  dropUnread(): void {
    if (!this.#isRead) return this.drop();
    this.#isDropped = true;
    this.end();
    this.#goOn();
  }

  #goOn(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #spill(bytes: Uint8Array): Extent {
    try {
      return this.#store.spill.append(bytes);
    } catch (cause) {
      const message = `Cannot hold output in a temporary file: ${messageOf(cause)}`;
      const hint = "make room, or name another folder in TMPDIR";
      throw new Fault("engine", message, { cause, hint });
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

/** The bytes without the large buffer that few of them may be a part of, and would keep. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.length * 2 < bytes.buffer.byteLength ? bytes.slice() : bytes;
}

/** A queue of pieces, in which small ones that follow each other become one. */
class Pieces {
  #pieces: (Piece | undefined)[] = [];
  /** Where the first piece stands: to move all behind it up for each would take for ever. */
  #first = 0;

  push(piece: Piece): void {
    const last = this.#pieces.at(-1);
    const both = last && joined(last, piece);
    if (both) this.#pieces[this.#pieces.length - 1] = both;
    else this.#pieces.push(piece);
  }

  *all(): Generator<Piece> {
    for (const piece of this.#pieces) if (piece) yield piece;
  }

  shift(): Piece | undefined {
    const piece = this.#pieces[this.#first];
    this.#pieces[this.#first++] = undefined;
    if (this.#first >= this.#pieces.length) {
      this.#pieces = [];
      this.#first = 0;
    }
    return piece;
  }
}

/** Two pieces as one; nothing where that would be a large copy, or they are not in one place. */
function joined(a: Piece, b: Piece): Piece | undefined {
  const length = a.length + b.length;
  if (!(a instanceof Uint8Array) && !(b instanceof Uint8Array)) {
    return a.offset + a.length === b.offset ? { offset: a.offset, length } : undefined;
  }
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array) || length > SMALL_BYTES) {
    return undefined;
  }
  const both = new Uint8Array(length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/**
 * The output of one job. While nobody reads it, writing never waits: beyond the memory of the store
 * it goes to the file. From when somebody reads, a writer is asked to wait for a slow reader; what one that
 * does not wait adds nevertheless may go to the file. What comes after a reader has left is given up.
 */
export class Spool implements Output {
  readonly #channels: Readonly<Record<StreamName, Channel>>;
  readonly #taps: Tap[] = [];

  constructor(store: SpoolStore) {
    this.#channels = { stdout: new Channel(store), stderr: new Channel(store) };
  }

  /**
   * Adds bytes; a promise is to be waited for before more are added.
   *
   * @throws {Fault} If they fit nowhere.
   */
  write(stream: StreamName, bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length > 0) { for (const tap of this.#taps) tap(stream, bytes); }
    return this.#channels[stream].write(bytes);
  }

  /**
   * The writer has ended, and nobody is to wait for a slow reader: what is left of it in the pipe is held. What
   * does not fit there is of others.
   */
  exited(): void {
    this.#channels.stdout.exited();
    this.#channels.stderr.exited();
  }

  end(): void {
    this.#channels.stdout.end();
    this.#channels.stderr.end();
  }

  /** The bytes of a stream, once; what has been read is gone. It is read from now on, also before the first is taken. */
  read(stream: StreamName): AsyncIterable<Uint8Array> {
    return this.#channels[stream].read();
  }

  /** Has every piece told that is written from now on, also when it is given up. */
  tap(listener: Tap): void {
    this.#taps.push(listener);
  }

  /** Tells of all that is held and that nobody has read, which stays. */
  tellHeld(listener: Tap): void {
    for (const stream of ["stdout", "stderr"] as const) {
      for (const bytes of this.#channels[stream].held()) listener(stream, bytes);
    }
  }

  drop(): void {
    this.#channels.stdout.drop();
    this.#channels.stderr.drop();
  }

  dropUnread(): void {
    this.#channels.stdout.dropUnread();
    this.#channels.stderr.dropUnread();
  }
}

export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** How much of one extent is read at once, in bytes. */
const READ_BYTES = 64 * 1024;

/**
 * Bytes of many owners in one file, which has no name from the moment it exists: nothing is left of
 * it however the process ends. The file starts again at its beginning when nobody owns any of it.
 */
export class Spill implements Disposable {
  #file?: Deno.FsFile;
  #path?: string;
  #end = 0;
  #owned = 0;

  /**
   * Puts bytes at the end of the file.
   *
   * @throws If the folder for temporary files is full or cannot be written.
   */
  append(bytes: Uint8Array): Extent {
    const file = this.#open();
    const extent = { offset: this.#end, length: bytes.length };
    file.seekSync(extent.offset, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    this.#end += bytes.length;
    this.#owned += bytes.length;
    return extent;
  }

  /** The bytes of an extent, in pieces. */
  *read({ offset, length }: Extent): Generator<Uint8Array> {
    for (let at = 0; at < length;) {
      const piece = new Uint8Array(Math.min(READ_BYTES, length - at));
      const file = this.#open();
      file.seekSync(offset + at, Deno.SeekMode.Start);
      const count = file.readSync(piece);
      if (count === null) throw new Error("A file for held output ends too early");
      at += count;
      yield piece.subarray(0, count);
    }
  }

  free({ length }: Extent): void {
    this.#owned -= length;
    if (this.#owned > 0) return;
    this.#end = 0;
    this.#file?.truncateSync(0);
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
    if (this.#path) Deno.removeSync(this.#path);
  }

  #open(): Deno.FsFile {
    if (this.#file) return this.#file;
    const path = Deno.makeTempFileSync({ prefix: "fanfold-" });
    this.#file = Deno.openSync(path, { read: true, write: true });
    try {
      Deno.removeSync(path);
    } catch {
      this.#path = path; // Windows removes no open file.
    }
    return this.#file;
  }
}
