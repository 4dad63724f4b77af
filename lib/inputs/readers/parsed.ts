/**
 * Bytes to inputs.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { type BlockReader, inBlocks } from "../../streams/blocks.ts";
import { type Flaw, flawOf, inputFault, type Origin, originOf, unreadable } from "../unreadable.ts";

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
  return inBlocks(() => parsedReader(bytes, parser()));
}

/**
 * How many bytes are parsed at once. Inputs that are not wanted yet would otherwise live long enough for
 * V8 to move them to where it seldom looks, and take several times the memory.
 */
const PIECE_BYTES = 8 * 1024;

function parsedReader<T>({ origin, open }: Bytes, parser: Parser<T>): BlockReader<T> {
  let reader: Reader | undefined;
  /** What has been read and not yet parsed. */
  let unparsed: Uint8Array = new Uint8Array(0);
  let isStopped = false;
  let isOver = false;
  const fill = async () => {
    try {
      reader ??= readerOf(await open());
      // `stop` was called while the file was being opened.
      if (isStopped) await stop();
      const bytes = await reader.read();
      isOver = bytes === undefined;
      unparsed = bytes ?? new Uint8Array(0);
    } catch (error) {
      throw unreadable(origin, error);
    }
  };
  const stop = async () => {
    isStopped = true;
    // A stream that failed has nothing left to cancel, and says so by failing again.
    await reader?.cancel().catch(() => {});
  };
  return {
    stop,
    async read() {
      if (parser.flaw) throw inputFault(origin, parser.flaw);
      if (isOver) return undefined;
      if (unparsed.length === 0) await fill();
      if (isOver) return parser.end();
      const piece = unparsed.subarray(0, PIECE_BYTES);
      unparsed = unparsed.subarray(PIECE_BYTES);
      return parser.push(piece);
    },
  };
}

/** How many bytes are read at once. */
const BLOCK_BYTES = 64 * 1024;

interface Reader {
  /** The next bytes, which are others at the next call; `undefined` at the end. */
  read(): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
}

/**
 * Reads into one buffer again and again, where the stream can do so: buffers that outlive their use for
 * a moment are freed by V8 a minute later.
 */
function readerOf(stream: ReadableStream<Uint8Array>): Reader {
  let buffer = new ArrayBuffer(BLOCK_BYTES);
  let reader: ReadableStreamBYOBReader | ReadableStreamDefaultReader<Uint8Array>;
  try {
    reader = stream.getReader({ mode: "byob" });
  } catch {
    // Not a stream of bytes, but one of chunks of them.
    reader = stream.getReader();
  }
  return {
    async read() {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (value && reader instanceof ReadableStreamBYOBReader) buffer = value.buffer as ArrayBuffer;
      return done ? undefined : value;
    },
    cancel: () => reader.cancel(),
  };
}

/**
 * What keeps a file from giving its first input, if its first block shows it; nothing if it does not. What comes later does
 * not count. What is no regular file, a named pipe for example, is not opened.
 */
export async function flawOfText(path: string, parser: Parser<unknown>): Promise<Flaw | undefined> {
  try {
    const { isDirectory, isFile, size } = await Deno.stat(path);
    if (isDirectory) throw new Deno.errors.IsADirectory();
    if (!isFile) return undefined;
    using file = await Deno.open(path);
    // What the kernel writes has no size, and may be gone when it was read: `/proc/kmsg`, for example.
    if (size === 0) return undefined;
    const block = new Uint8Array(Math.min(size, BLOCK_BYTES));
    const length = await file.read(block) ?? 0;
    const isWhole = length === size;
    const first = parser.push(block.subarray(0, length));
    const last = isWhole && first.length === 0 && !parser.flaw ? parser.end() : [];
    return first.length + last.length > 0 ? undefined : parser.flaw;
  } catch (error) {
    return flawOf(error, path);
  }
}
