/**
 * Bytes to inputs.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { type BlockReader, inBlocks } from "../../streams/blocks.ts";
import { type Flaw, inputFault, type Origin, originOf, unreadable } from "../unreadable.ts";

/** Bytes that can be read, from a file or from stdin. */
export interface Bytes {
  /** How faults name the place. */
  readonly origin: Origin;
  /** Opens them; what it throws is for {@linkcode unreadable}. */
  readonly open: () => Promise<ReadableStream<Uint8Array>>;
}

/**
 * The bytes of a file, or of stdin where there is no path; stdin can be opened once.
 *
 * @param stdin Called when stdin is opened.
 */
export function bytesOf(
  path: string | undefined,
  stdin: () => ReadableStream<Uint8Array>,
): Bytes {
  if (path !== undefined) {
    return { origin: originOf(path), open: async () => (await Deno.open(path)).readable };
  }
  const open = () => {
    const bytes = stdin();
    if (bytes.locked) throw new Fault("input", "Cannot read inputs from stdin: it is read already");
    return Promise.resolve(bytes);
  };
  return { origin: { phrase: "from stdin", file: "stdin" }, open };
}

/** The most bytes, or characters, that are held of one input: half of what fits in a string. */
export const LONGEST: number = 2 ** 28;

/** Makes inputs from bytes that arrive in pieces of any size. */
export interface Parser<T> {
  /** Why what was given last was the last; it is looked at after every call. */
  readonly flaw?: Flaw;
  /** The inputs that these bytes complete; the bytes are others when it has returned. */
  push(bytes: Uint8Array): readonly T[];
  /** The inputs that the end of the bytes completes. */
  end(): readonly T[];
}

/**
 * What a parser makes of the bytes of a file or of stdin.
 *
 * They are opened at the first `next()`, read a block of 64 KiB at a time, and closed at their end or by
 * `return()`, even while it waits for more.
 *
 * @param parser Called for every iteration.
 * @throws {Fault} Of kind `input`, from `next()`: if the bytes cannot be read, or have a flaw; what
 * comes before it has been given.
 */
export function parsed<T>(bytes: Bytes, parser: () => Parser<T>): AsyncIterable<T> {
  return inBlocks(() => new ParsedReader(bytes, parser()));
}

/**
 * How many bytes are parsed at once. Inputs that are not wanted yet would otherwise live long enough for
 * V8 to move them to where it seldom looks, and take several times the memory.
 */
const PIECE_BYTES = 8 * 1024;

class ParsedReader<T> implements BlockReader<T> {
  readonly #bytes: Bytes;
  readonly #parser: Parser<T>;
  #reader?: Reader;
  /** What has been read and not yet parsed. */
  #unparsed: Uint8Array = new Uint8Array(0);
  #isStopped = false;
  #isOver = false;

  constructor(bytes: Bytes, parser: Parser<T>) {
    this.#bytes = bytes;
    this.#parser = parser;
  }

  async read(): Promise<readonly T[] | undefined> {
    const { flaw } = this.#parser;
    if (flaw) throw inputFault(this.#bytes.origin, flaw);
    if (this.#isOver) return undefined;
    if (this.#unparsed.length === 0) await this.#fill();
    if (this.#isOver) return this.#parser.end();
    const piece = this.#unparsed.subarray(0, PIECE_BYTES);
    this.#unparsed = this.#unparsed.subarray(PIECE_BYTES);
    return this.#parser.push(piece);
  }

  async #fill(): Promise<void> {
    try {
      this.#reader ??= new Reader(await this.#bytes.open());
      // `stop` was called while the file was being opened.
      if (this.#isStopped) await this.stop();
      const bytes = await this.#reader.read();
      this.#isOver = bytes === undefined;
      this.#unparsed = bytes ?? new Uint8Array(0);
    } catch (error) {
      throw unreadable(this.#bytes.origin, error);
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    // A stream that failed has nothing left to cancel, and says so by failing again.
    await this.#reader?.cancel().catch(() => {});
  }
}

const BLOCK_BYTES = 64 * 1024;

/**
 * Reads into one buffer again and again, where the stream can do so: buffers that outlive their use for
 * a moment are freed by V8 a minute later.
 */
class Reader {
  readonly #stream: ReadableStreamBYOBReader | ReadableStreamDefaultReader<Uint8Array>;
  #buffer = new ArrayBuffer(BLOCK_BYTES);

  constructor(stream: ReadableStream<Uint8Array>) {
    try {
      this.#stream = stream.getReader({ mode: "byob" });
    } catch {
      // Not a stream of bytes, but one of chunks of them.
      this.#stream = stream.getReader();
    }
  }

  /** The next bytes, which are others at the next call; `undefined` at the end. */
  async read(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#stream.read(new Uint8Array(this.#buffer));
    if (value && this.#stream instanceof ReadableStreamBYOBReader) {
      this.#buffer = value.buffer as ArrayBuffer;
    }
    return done ? undefined : value;
  }

  cancel(): Promise<void> {
    return this.#stream.cancel();
  }
}
