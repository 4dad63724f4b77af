/**
 * Where the elements of a JSON list end.
 *
 * @module
 */

import { messageOf } from "../../fault.ts";
import { MOST_DEEP } from "../../json/exact_json.ts";

/** Why a text is no JSON. */
export interface JsonMistake {
  /** As V8 says it, in lower case and without the text around. */
  readonly reason: string;
  /** The line of the text, from 1; absent where V8 does not tell. */
  readonly line?: number;
  /** Whether the text might be the beginning of JSON. */
  readonly isAtEnd: boolean;
}

/** Reads what `JSON.parse` has thrown at a text. */
export function jsonMistake(text: string, error: unknown): JsonMistake {
  const message = messageOf(error);
  const [all = "", position, line] = PLACE.exec(message) ?? [];
  const reason = message.slice(0, message.length - all.length);
  return {
    reason: reason.charAt(0).toLowerCase() + reason.slice(1),
    line: line === undefined ? undefined : Number(line),
    isAtEnd: message === "Unexpected end of JSON input" || position === String(text.length),
  };
}

/** The end of a message: a place, or an excerpt in place of one. */
const PLACE =
  /(?: in JSON)? at position (\d+)(?: \(line (\d+) column \d+\))?$|, (?:\.{3})?"[^]*"(?:\.{3})? is not valid JSON$/;

const NEWLINE = 0x0A;
const QUOTE = 0x22;
const COMMA = 0x2C;
const BACKSLASH = 0x5C;
const OPENING_BRACKET = 0x5B;
const OPENING_BRACE = 0x7B;

/** Of each byte, whether it matters outside of strings. */
const MATTERS = new Uint8Array(256);
for (const byte of new TextEncoder().encode('[]{}",\n')) MATTERS[byte] = 1;

/**
 * Finds the ends of elements, in bytes that arrive in pieces and begin behind the bracket of the list.
 *
 * It counts brackets and skips strings, and knows nothing else of JSON: in a list that is none, the ends
 * are wherever they are.
 */
export class JsonScanner {
  /** The line of the byte that is next; newlines in strings, which JSON does not allow, are not counted. */
  line: number;
  /** How many brackets are open inside the list; -1 when that of the list is closed. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** @param line The line that the bytes begin at. */
  constructor(line: number) {
    this.line = line;
  }

  /** Whether the end that was found last is that of the list. */
  get isClosed(): boolean {
    return this.#depth < 0;
  }

  /** Whether what was found last is a bracket that is nested deeper than anything may be. */
  get isTooDeep(): boolean {
    return this.#depth > MOST_DEEP;
  }

  /**
   * Scans from `start` for the next comma between elements, the bracket that ends the list, or one that is nested
   * too deep.
   *
   * @returns Its index; -1 if these bytes have none, and then the next bytes are to be scanned from 0.
   */
  next(bytes: Uint8Array, start: number): number {
    let isInString = this.#isInString;
    let depth = this.#depth;
    let at = this.#isEscaped ? start + 1 : start;
    let end = -1;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (isInString) {
        if (byte === BACKSLASH) at++;
        else if (byte === QUOTE) isInString = false;
      } else if (MATTERS[byte] === 1) {
        if (byte === QUOTE) isInString = true;
        else if (byte === NEWLINE) this.line++;
        else if (byte !== COMMA) {
          depth += byte === OPENING_BRACKET || byte === OPENING_BRACE ? 1 : -1;
        }
        if (depth < 0 || depth > MOST_DEEP || (depth === 0 && byte === COMMA)) {
          end = at;
          break;
        }
      }
    }
    this.#isInString = isInString;
    this.#depth = depth;
    this.#isEscaped = at > bytes.length;
    return end;
  }
}
