/**
 * What is wrong with a JSON text, in a few words.
 *
 * @module
 */

import { messageOf } from "../../fault.ts";

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
