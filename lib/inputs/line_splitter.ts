/**
 * Bytes to lines.
 *
 * @module
 */

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Cuts UTF-8 that arrives in pieces of any size into lines, without their terminators.
 *
 * Only the terminator ends a line, so a CR stays. What follows the last one is a line if it is not
 * empty; every empty line before it counts. A byte order mark at the very start is dropped. A line is
 * held until it is complete, however long it is.
 */
export class LineSplitter {
  readonly #terminator: "\n" | "\0";
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** The beginning of a line whose end has not been seen. */
  #held: Uint8Array[] = [];
  #count = 0;
  #invalidLine?: number;

  /**
   * Nothing is held yet.
   *
   * @param terminator What ends a line.
   */
  constructor(terminator: "\n" | "\0") {
    this.#terminator = terminator;
  }

  /** The first line that is not UTF-8, from 1; nothing is given from there on. */
  get invalidLine(): number | undefined {
    return this.#invalidLine;
  }

  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): string[] {
    const last = bytes.lastIndexOf(this.#terminator.charCodeAt(0));
    if (last === -1) {
      if (bytes.length > 0) this.#held.push(bytes);
      return [];
    }
    this.#held.push(bytes.subarray(0, last));
    const block = joined(this.#held);
    // A copy, so that a short rest does not keep the whole of `bytes` alive.
    this.#held = last + 1 < bytes.length ? [bytes.slice(last + 1)] : [];
    return this.#split(block);
  }

  /** The last line, if it has no terminator. */
  end(): string[] {
    if (this.#held.length === 0) return [];
    const block = joined(this.#held);
    this.#held = [];
    const lines = this.#split(block);
    return lines[0] === "" ? [] : lines;
  }

  #split(block: Uint8Array): string[] {
    if (this.#invalidLine !== undefined) return [];
    const text = this.#decode(block);
    const lines = text === undefined ? this.#untilInvalid(block) : text.split(this.#terminator);
    const first = lines[0];
    if (this.#count === 0 && first?.startsWith(BYTE_ORDER_MARK)) lines[0] = first.slice(1);
    this.#count += lines.length;
    return lines;
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
    this.#invalidLine = this.#count + lines.length + 1;
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

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
