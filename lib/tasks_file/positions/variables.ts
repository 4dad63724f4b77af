/**
 * Where a text shows values of variables, which may be secret.
 *
 * @module
 */

/** What variables stand under, or are meant to. */
const NAME = String.raw`(?:env(?:s|ir\w*|[_-]?vars?)?|variables|vars)`;

/** A key of this name in front of its value; or the heading of a table of this name in TOML. */
const HOLDER = new RegExp(
  String.raw`(?<![\w.-])(["']?)${NAME}\1(?:\s*\.\s*[\w"'-]+)?\s*[:=][ \t]*` +
    String.raw`|^[ \t]*\[[^\]\n]*\b${NAME}["']?\s*\][^\n]*`,
  "gim",
);

/**
 * Whether the line at an offset may have values of variables in it. It goes by the text alone, for a text that is to be
 * shown is mostly one that cannot be read; what is none is rather taken for one.
 */
export function showsVariables(text: string, offset: number): boolean {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const found = text.indexOf("\n", offset);
  const end = found === -1 ? text.length : found;
  for (const { 0: holder, index } of text.matchAll(HOLDER)) {
    if (index > end) return false;
    if (endOf(text, index, index + holder.length) > start) return true;
  }
  return false;
}

/** Where the variables end of a holder. */
function endOf(text: string, index: number, value: number): number {
  if (/^\s*\[/.test(text.slice(index, value))) return nextOr(text, /^[ \t]*\[/gm, value);
  const braces = /^\s*\{/.exec(text.slice(value));
  if (braces) return endOfBraces(text, value + braces[0].length);
  // In YAML, all that is indented further.
  const line = text.slice(text.lastIndexOf("\n", index - 1) + 1, index);
  const indent = /^[ \t-]*/.exec(line)?.[0].length ?? 0;
  const next = text.indexOf("\n", value);
  if (next === -1) return text.length;
  return nextOr(text, new RegExp(`^[ \\t]{0,${indent}}[^\\s]`, "gm"), next);
}

function nextOr(text: string, expression: RegExp, from: number): number {
  expression.lastIndex = from;
  return expression.exec(text)?.index ?? text.length;
}

/** Behind the brace that closes one; a brace in a text does not count, if its quote is closed. */
function endOfBraces(text: string, from: number): number {
  const parts = /"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[{}]/g;
  parts.lastIndex = from;
  let depth = 1;
  for (let part = parts.exec(text); part !== null; part = parts.exec(text)) {
    if (part[0] === "{") depth++;
    if (part[0] === "}" && --depth === 0) return parts.lastIndex;
  }
  return text.length;
}
