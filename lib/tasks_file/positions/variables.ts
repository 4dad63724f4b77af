/**
 * Where a text shows values of variables, which may be secret.
 *
 * @module
 */

/** What variables stand under, or are meant to, with a slip in it too. */
const NAME = String.raw`(?i:env(?:s|ir\w*|[_-]?vars?)?|variables?|vars?|evn|nev|en|nv)`;

/** The name of a variable, wherever that stands. */
const VARIABLE = String.raw`(["']?)[A-Z_][A-Z0-9_]+`;

/**
 * A key in front of the values of variables, or of one; or the heading of a table of variables in TOML. What is between
 * a key and its value may be missing, as may the end of a heading.
 */
const HOLDER = new RegExp(
  [
    String.raw`(?<![\w.-])${NAME}["']?(?:\s*\.\s*[\w"'-]+)?[\s"']*(?:[:=][ \t]*|(?=\{))`,
    String.raw`(?<![\w.-])${VARIABLE}\1[ \t]*:[ \t]*`,
    String.raw`^[ \t]*${VARIABLE}\2[ \t]*=[ \t]*`,
    String.raw`^[ \t]*\[[^\]\n]*\b${NAME}["']?\s*(?:\]|$)[^\n]*`,
  ].join("|"),
  "gm",
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
  const indent = /^[ \t-]*/.exec(line)?.[0] ?? "";
  const next = text.indexOf("\n", value);
  if (next === -1) return text.length;
  const end = nextOutside(text, indent, next);
  // With nothing below it, what stands beside it may be meant to.
  const isBare = /^[ \t]*(?:#.*)?$/.test(text.slice(value, next));
  const isEmpty = isBare && text.slice(next, end).trim() === "";
  if (!isEmpty) return end;
  return indent === "" ? text.length : nextOutside(text, indent.slice(1), next);
}

/** Where a line starts that is indented no further; a tab is further than any spaces. */
function nextOutside(text: string, indent: string, from: number): number {
  const space = indent.includes("\t") ? "[ \\t]" : " ";
  return nextOr(text, new RegExp(`^${space}{0,${indent.length}}\\S`, "gm"), from);
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
