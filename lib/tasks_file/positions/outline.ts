/**
 * Where the keys and values of a document stand in its text.
 *
 * Only a document with a mistake in it is looked at in this way.
 *
 * @module
 */

import type { Position } from "../../fault.ts";
import type { Flaw } from "../../schema/flaw.ts";

/** A value, by where it stands. */
export interface Spot {
  /** Offset of its first character, in UTF-16 code units. */
  readonly at: number;
  /** What stands in it under a key, or an index of a list. */
  readonly entry?: (key: string) => Entry | undefined;
}

/** A key and its value; the elements of a list have no key, and their own offset there. */
export interface Entry {
  /** Offset of the key. */
  readonly key: number;
  /** What stands under it. */
  readonly value: Spot;
}

/** Why a text cannot be read, in words, and where. */
export interface SyntaxMistake {
  /** What was found, what was wanted. */
  readonly message: string;
  /** Offset of the place. */
  readonly at: number;
  /** One sentence: what to try. */
  readonly hint?: string;
}

/** The places of a document, or why it has none. */
export type Outline = { readonly root: Spot } | { readonly mistake: SyntaxMistake };

/** Offset of a flaw; of the nearest place around it that there is, if its path leads too far. */
export function offsetOf(root: Spot, { path, on }: Pick<Flaw, "path" | "on">): number {
  let [spot, offset] = [root, root.at];
  for (const [i, key] of path.entries()) {
    const entry = spot.entry?.(String(key));
    if (entry === undefined) return offset;
    const isLast = i === path.length - 1;
    offset = isLast && on === "value" ? entry.value.at : entry.key;
    spot = entry.value;
  }
  return offset;
}

/** Line and column of an offset, and the text of the line, unless that shows values of variables. */
export function positionAt(file: string, text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|[\r\n]/);
  const column = (before.at(-1)?.length ?? 0) + 1;
  const [line = ""] = text.slice(offset - column + 1).split(/[\r\n]/, 1);
  const place = { file, line: before.length, column };
  return showsVariables(text, offset) ? place : { ...place, text: line };
}

/** A first letter that is small, and no period: a parser's message as a part of a sentence of ours. */
export function phrase(message: string): string {
  return message.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase()).replace(/\.$/, "");
}

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
