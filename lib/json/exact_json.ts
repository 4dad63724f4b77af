/**
 * What would be lost of JSON by reading it.
 *
 * @module
 */

/** How many lists and records may lie within each other: what goes deeper cannot be handed on everywhere. */
export const MOST_DEEP = 500;

/** A place of a JSON text that cannot be read as it stands. */
export interface JsonLoss {
  /** What was found there. */
  readonly found: string;
  /** One sentence: what to try. */
  readonly hint?: string;
  /** Offset of the place, in UTF-16 code units. */
  readonly at: number;
  /** Whether it is nested too deep, and should not even be parsed. */
  readonly isDeep: boolean;
}

/** Whether there may be a number in a text that is not read as it is written; most texts have none. */
const MAY_CHANGE = /(?:^|[\s:,[-])\d{16}|\d[eE]\+?\d{3}/;

/**
 * The first place of a well-formed JSON text, with or without comments, that `JSON.parse()` would change: an integer
 * that a number cannot hold with all its digits, or a number beyond all of them. What is nested deeper than
 * {@linkcode MOST_DEEP} is told first, of any text. That a fraction is rounded is what a number is for.
 */
export function jsonLoss(text: string): JsonLoss | undefined {
  if (!MAY_CHANGE.test(text) && !isMaybeDeep(text)) return undefined;
  let depth = 0;
  let loss: JsonLoss | undefined;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        break;
      case "/":
        at = endOfComment(text, at);
        break;
      case "[":
      case "{":
        if (++depth > MOST_DEEP) return { found: TOO_DEEP, at, isDeep: true };
        break;
      case "]":
      case "}":
        depth--;
        break;
      default: {
        const number = numberAt(text, at);
        if (number === "") break;
        if (!isExactNumber(number)) loss ??= { ...changed(number), at, isDeep: false };
        at += number.length - 1;
      }
    }
  }
  return loss;
}

/** What is said of a value that is nested too deep. */
export const TOO_DEEP = `lists or records that are nested deeper than ${MOST_DEEP} levels`;

/** Whether a number says again what was written: all digits of an integer, and that it is not beyond all numbers. */
export function isExactNumber(written: string): boolean {
  const value = Number(written);
  if (!Number.isFinite(value)) return false;
  if (/[.eE]/.test(written)) return true;
  return String(value) === written || BigInt(value) === BigInt(written);
}

/** What to say of a number that is not {@link isExactNumber}. */
export function changed(written: string): Pick<JsonLoss, "found" | "hint"> {
  const shown = written.length > 40 ? `${written.slice(0, 40)}…` : written;
  return {
    found: `${shown}, which no number holds exactly`,
    hint: "put it in quotes to keep what is written",
  };
}

/** Whether there are enough brackets, which a native search counts. */
function isMaybeDeep(text: string): boolean {
  if (text.length <= MOST_DEEP) return false;
  let count = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (++count > MOST_DEEP) return true;
    }
  }
  return false;
}

const NUMBER = /-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?/y;

function numberAt(text: string, at: number): string {
  const code = text.charCodeAt(at);
  if (code !== 0x2D && !(code >= 0x30 && code <= 0x39)) return "";
  NUMBER.lastIndex = at;
  return NUMBER.exec(text)?.[0] ?? "";
}

/** Index of the quote that ends the string; of the end of the text if none does. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    let first = quote;
    while (text[first - 1] === "\\") first--;
    // After an even number of backslashes the quote stands for itself.
    if ((quote - first) % 2 === 0) return quote;
    at = quote + 1;
  }
}

/** Index of the last character of a comment; `start` if none begins there. */
function endOfComment(text: string, start: number): number {
  const close = text[start + 1] === "/" ? "\n" : text[start + 1] === "*" ? "*/" : undefined;
  if (close === undefined) return start;
  const end = text.indexOf(close, start + 2);
  return end === -1 ? text.length : end + close.length - 1;
}
