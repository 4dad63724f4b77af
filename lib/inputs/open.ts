/**
 * The inputs of a task, from wherever they come.
 *
 * @module
 */

import type { Source } from "../job.ts";
import { filesOf } from "./files.ts";
import { generated } from "./generated.ts";
import { linesOfFile, linesOfStream } from "./lines.ts";
import { rangeOf } from "./range.ts";

/** Where inputs come from that the source does not name. */
export interface OpenInputsOptions {
  /**
   * What the source `stdin` reads.
   *
   * @default The stdin of this process.
   */
  readonly stdin?: ReadableStream<Uint8Array>;
}

/**
 * The inputs of a source, as a lazy stream.
 *
 * Nothing is opened, called or read before the first `next()`, and `return()` closes what is open. At most
 * one block of a file is held, except that `files` holds every path of its source to sort them. Lists
 * and ranges are synchronous.
 *
 * @throws {Fault} Of kind `input`, from `next()`, if the source cannot be read.
 */
export function openInputs(
  source: Source,
  options: OpenInputsOptions = {},
): Iterable<unknown> | AsyncIterable<unknown> {
  switch (source.kind) {
    case "list":
      return source.values;
    case "range":
      return rangeOf(source);
    case "files":
      return filesOf(source);
    case "lines":
      return linesOfFile(source.path, source);
    case "stdin":
      return linesOfStream(() => options.stdin ?? Deno.stdin.readable, source);
    case "iterable":
      return generated(source.open);
  }
}
