/**
 * The lines of a file or of stdin, as inputs.
 *
 * @module
 */

import type { Bytes } from "./readers/bytes.ts";
import { LineSplitter } from "./readers/line_splitter.ts";
import { parsed } from "./readers/parsed.ts";

/** How lines are read. */
export interface LinesOptions {
  /** Whether a NUL ends a line and a newline is part of it, as after `find -print0`. */
  readonly nul: boolean;
}

/**
 * The lines of a file or of stdin, read as {@linkcode parsed} says.
 *
 * Empty lines are inputs. A CR before a newline stays, for a file's name may end in one.
 *
 * @throws {Fault} Of kind `input`, from `next()`: if the bytes cannot be read, or a line is not UTF-8;
 * the lines before it have been given.
 */
export function linesOf(bytes: Bytes, options: LinesOptions): AsyncIterable<string> {
  return parsed(bytes, () => new LineSplitter(options.nul ? "\0" : "\n"));
}
