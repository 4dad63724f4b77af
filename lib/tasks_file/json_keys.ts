/**
 * Keys that JSON takes twice without a word.
 *
 * @module
 */

/** A key that its object has already. */
export interface DuplicateKey {
  /** The key, without its quotes. */
  readonly name: string;
  /** Offset of the second one, in UTF-16 code units. */
  readonly at: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\/|[{}[\]]/g;

/**
 * The first key that an object of a well-formed JSON or JSONC text has twice.
 *
 * `JSON.parse()` keeps the last of them, and a task would be lost in silence.
 */
export function duplicateKey(text: string): DuplicateKey | undefined {
  const open: Set<string>[] = [];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token.startsWith('"') && isKey(text, index + token.length)) {
      const name: string = JSON.parse(token);
      if (open.at(-1)?.has(name)) return { name, at: index };
      open.at(-1)?.add(name);
    }
  }
  return undefined;
}

function isKey(text: string, end: number): boolean {
  const colon = /(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*:/y;
  colon.lastIndex = end;
  return colon.test(text);
}
