/**
 * Values that stand one on a line, as inputs.
 *
 * @module
 */

import type { Bytes } from "./bytes.ts";
import { jsonMistake } from "./json_mistake.ts";
import { LineSplitter } from "./line_splitter.ts";
import { type Flaw, parsed, type Parser } from "./parsed.ts";

/**
 * The JSON values of the lines, read as {@linkcode parsed} says; blank lines are skipped.
 *
 * @throws {Fault} Of kind `input`, from `next()`: if the bytes cannot be read, or a line is no JSON or
 * not UTF-8; the values before it have been given.
 */
export function ndjsonOf(bytes: Bytes): AsyncIterable<unknown> {
  return parsed(bytes, () => new NdjsonParser());
}

class NdjsonParser implements Parser<unknown> {
  readonly #lines = new LineSplitter("\n");
  #line = 0;
  #flaw?: Flaw;

  get flaw(): Flaw | undefined {
    return this.#flaw ?? this.#lines.flaw;
  }

  push(bytes: Uint8Array): unknown[] {
    return this.#read(this.#lines.push(bytes));
  }

  end(): unknown[] {
    return this.#read(this.#lines.end());
  }

  #read(lines: readonly string[]): unknown[] {
    const values: unknown[] = [];
    for (const line of lines) {
      this.#line++;
      try {
        values.push(JSON.parse(line));
      } catch (error) {
        if (isBlank(line)) continue;
        const { reason } = jsonMistake(line, error);
        this.#flaw = { reason: `line ${this.#line} is no JSON: ${reason}`, line: this.#line };
        break;
      }
    }
    return values;
  }
}

/** Whether there is nothing but what JSON takes for space. */
function isBlank(line: string): boolean {
  return /^[ \t\r]*$/.test(line);
}
