/**
 * The lines of a file or of stdin, as inputs.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import { type BlockReader, inBlocks } from "./blocks.ts";
import { LineSplitter } from "./line_splitter.ts";
import { type Origin, originOf, unreadable } from "./unreadable.ts";

/** How lines are read. */
export interface LinesOptions {
  /** Whether a NUL ends a line and a newline is part of it, as after `find -print0`. */
  readonly nul: boolean;
}

/**
 * The lines of a file.
 *
 * It is opened at the first `next()`, read a block of 64 KiB at a time, and closed at its end or by
 * `return()`. Empty lines are inputs. A CR before a newline stays, for a file's name may end in one.
 *
 * @throws {Fault} Of kind `input`, from `next()`: if the file cannot be read, or a line is not UTF-8;
 * the lines before it have been given.
 */
export function linesOfFile(path: string, options: LinesOptions): AsyncIterable<string> {
  return inBlocks(() =>
    new LineReader(originOf(path), options.nul, async () => (await Deno.open(path)).readable)
  );
}

/**
 * The lines of a stream, read as {@linkcode linesOfFile} reads a file; it can be read once.
 *
 * `return()` cancels the stream, even while it waits for more.
 *
 * @param stream Called at the first `next()`.
 * @throws {Fault} Of kind `input`, from `next()`: if the stream fails, is read already, or a line is not
 * UTF-8.
 */
export function linesOfStream(
  stream: () => ReadableStream<Uint8Array>,
  options: LinesOptions,
): AsyncIterable<string> {
  const open = () => {
    const bytes = stream();
    if (bytes.locked) throw new Fault("input", "Cannot read inputs from stdin: it is read already");
    return Promise.resolve(bytes);
  };
  const origin = { phrase: "from stdin", file: "stdin" };
  return inBlocks(() => new LineReader(origin, options.nul, open));
}

class LineReader implements BlockReader<string> {
  readonly #origin: Origin;
  readonly #open: () => Promise<ReadableStream<Uint8Array>>;
  readonly #isNul: boolean;
  readonly #splitter: LineSplitter;
  #reader?: ReadableStreamDefaultReader<Uint8Array>;
  #isStopped = false;
  #isOver = false;

  constructor(origin: Origin, isNul: boolean, open: () => Promise<ReadableStream<Uint8Array>>) {
    this.#origin = origin;
    this.#isNul = isNul;
    this.#open = open;
    this.#splitter = new LineSplitter(isNul ? "\0" : "\n");
  }

  async read(): Promise<string[] | undefined> {
    const { invalidLine } = this.#splitter;
    if (invalidLine !== undefined) throw this.#notText(invalidLine);
    if (this.#isOver) return undefined;
    try {
      this.#reader ??= (await this.#open()).getReader();
      // `stop` was called while the file was being opened.
      if (this.#isStopped) await this.stop();
      const { done, value } = await this.#reader.read();
      this.#isOver = done;
      return done ? this.#splitter.end() : this.#splitter.push(value);
    } catch (error) {
      throw unreadable(this.#origin, error);
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    // A stream that failed has nothing left to cancel, and says so by failing again.
    await this.#reader?.cancel().catch(() => {});
  }

  #notText(line: number): Fault {
    const { phrase, file } = this.#origin;
    const found = this.#isNul ? `entry ${line} is not UTF-8` : `line ${line} is not UTF-8`;
    const at = this.#isNul ? { file } : { file, line };
    return new Fault("input", `Cannot read inputs ${phrase}: ${found}`, { at });
  }
}
