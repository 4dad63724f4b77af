/**
 * Bytes to lines.
 *
 * @module
 */

import { joined } from "../../streams/joined.ts";
import { LONGEST, type Parser } from "./parsed.ts";
import { type Flaw, flawOfLine } from "../unreadable.ts";

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Cuts UTF-8 that arrives in pieces of any size into lines, without their terminators.
 *
 * Only the terminator ends a line, so a CR stays. What follows the last one is a line if it is not
 * empty; every empty line before it counts. A byte order mark at the very start is dropped. A line is
 * held until it is complete.
 */
export class LineSplitter implements Parser<string> {
  readonly #terminator: "\n" | "\0";
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** The beginning of a line whose end has not been seen. */
  #held: Uint8Array[] = [];
  #heldLength = 0;
  #count = 0;
  /** That a line is not UTF-8, or too long; nothing is given from there on. */
  flaw?: Flaw;

  /** @param terminator What ends a line. */
  constructor(terminator: "\n" | "\0") {
    this.#terminator = terminator;
  }

  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): string[] {
    const last = bytes.lastIndexOf(this.#terminator.charCodeAt(0));
    if (last === -1) {
      this.#hold(bytes);
      return [];
    }
    this.#held.push(bytes.subarray(0, last));
    const block = joined(this.#held);
    this.#held = [];
    this.#heldLength = 0;
    const lines = this.#split(block);
    this.#hold(bytes.subarray(last + 1));
    return lines;
  }

  /** The last line, if it has no terminator. */
  end(): string[] {
    if (this.#held.length === 0) return [];
    const block = joined(this.#held);
    this.#held = [];
    const lines = this.#split(block);
    return lines[0] === "" ? [] : lines;
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#held.push(bytes.slice());
    this.#heldLength += bytes.length;
    if (this.#heldLength > LONGEST) this.#break(`is longer than ${LONGEST} bytes`);
  }

  #split(block: Uint8Array): string[] {
    if (this.flaw) return [];
    const text = this.#decode(block);
    const lines = text === undefined ? this.#untilInvalid(block) : text.split(this.#terminator);
    const first = lines[0];
    if (this.#count === 0 && first?.startsWith(BYTE_ORDER_MARK)) lines[0] = first.slice(1);
    this.#count += lines.length;
    if (text === undefined) this.#break("is not UTF-8");
    return lines;
  }

  /** Gives up at the line that follows those that were counted. */
  #break(claim: string): void {
    this.#held = [];
    const line = this.#count + 1;
    this.flaw = this.#terminator === "\n"
      ? flawOfLine(line, claim)
      : { reason: `entry ${line} ${claim}` };
  }

  #untilInvalid(block: Uint8Array): string[] {
    const lines: string[] = [];
    const terminator = this.#terminator.charCodeAt(0);
    for (let start = 0; start <= block.length;) {
      const found = block.indexOf(terminator, start);
      const end = found === -1 ? block.length : found;
      const line = this.#decode(block.subarray(start, end));
      if (line === undefined) break;
      lines.push(line);
      start = end + 1;
    }
    return lines;
  }

  /** `undefined` if the bytes are not UTF-8. */
  #decode(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }
}
