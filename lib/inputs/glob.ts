/**
 * Patterns of file names.
 *
 * `*` is any text and `?` any character within a name, `[a-z]` and `[!a-z]` one of or none of some
 * characters, `{a,b}` either text, `**` as a whole name any folders or none, and `\` takes the character
 * behind it for itself.
 *
 * @module
 */

import { resolve } from "node:path";
import { expandBraces } from "./braces.ts";

/** A pattern without braces, and the folder that it has to be looked for in. */
export interface Glob {
  /** Absolute, with `/` between names. */
  readonly folder: string;
  /** The first name below it. */
  readonly first: Step;
  /** Matches the paths that the pattern leaves out as an exclude: with dots in front too, and all that is in a folder. */
  readonly excluded: RegExp;
}

/** One name of a pattern, and what has to follow it. */
export interface Step {
  /** Whether it is `**`, which stands for any folders, or none. */
  readonly isDeep: boolean;
  /** The only name that it matches, if there is just one. */
  readonly literal?: string;
  /** Whether it matches a name; one with a dot in front only if the pattern has it too, as in shells. */
  matches(name: string): boolean;
  /** Absent at the last name, that of the file. */
  readonly next?: Step;
}

/** Whether a text is a pattern, rather than the path of one file. */
export function isPattern(text: string): boolean {
  return hasWildcard(text) || /\\[{},\\]/.test(text) || expandBraces(text).length > 1;
}

/**
 * Takes a pattern apart, one glob for each alternative in braces.
 *
 * @param base Absolute folder that a relative pattern starts from.
 * @throws {SyntaxError} If it has characters out of order, as in `[z-a]`.
 */
export function globsOf(base: string, pattern: string): Glob[] {
  return expandBraces(pattern).map((text) => globOf(base, text));
}

/** An absolute path as it is written in globs, whatever the system's separator. */
export function slashed(path: string): string {
  return Deno.build.os === "windows" ? path.replaceAll("\\", "/") : path;
}

function globOf(base: string, pattern: string): Glob {
  const names = pattern.split("/").filter((name, at) => at === 0 || name !== "");
  const wild = names.findIndex(hasWildcard);
  const known = names.splice(0, wild === -1 ? names.length - 1 : wild);
  const folder = slashed(resolve(base, known.map((name) => `${unescaped(name)}/`).join("")));
  return { folder, first: stepsOf(names), excluded: excluding(folder, names) };
}

function stepsOf(names: readonly string[]): Step {
  const [name = "", ...rest] = names;
  if (rest.length > 0) return stepOf(name, stepsOf(rest));
  return name === "**" ? stepOf(name, stepOf("*")) : stepOf(name);
}

function stepOf(name: string, next?: Step): Step {
  if (name === "**") return { isDeep: true, matches: (text) => !text.startsWith("."), next };
  if (!hasWildcard(name)) {
    const literal = unescaped(name);
    return { isDeep: false, literal, matches: (text) => text === literal, next };
  }
  const guard = /^\\?\./.test(name) ? "" : "(?!\\.)";
  const expression = new RegExp(`^${guard}${sourceOf(name)}$`, "su");
  return { isDeep: false, matches: (text) => expression.test(text), next };
}

function excluding(folder: string, names: readonly string[]): RegExp {
  // With what it has in it, a folder is left out itself, and so need not be readable.
  const inside = names.at(-1) === "**" ? names.slice(0, -1) : names;
  const sources = inside.map((name) => name === "**" ? "(?:/[^/]+)*" : `/${sourceOf(name)}`);
  const start = RegExp.escape(folder === "/" ? "" : folder);
  return new RegExp(`^${start}${sources.join("")}(?:/.*)?$`, "su");
}

const WILDCARD = /\\.|\*+|\?|\[[!^]?(?:\][^\]]*|[^\]]+)\]/gsu;

function hasWildcard(text: string): boolean {
  return /[*?]|\[[!^]?(?:\][^\]]*|[^\]]+)\]/.test(text);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gsu, "$1");
}

/** The expression for one name of a pattern. */
function sourceOf(name: string): string {
  let source = "";
  let from = 0;
  for (const { 0: found, index } of name.matchAll(WILDCARD)) {
    source += RegExp.escape(name.slice(from, index)) + wildcardSource(found);
    from = index + found.length;
  }
  return source + RegExp.escape(name.slice(from));
}

function wildcardSource(found: string): string {
  switch (found[0]) {
    case "\\":
      return RegExp.escape(found.slice(1));
    case "*":
      return "[^/]*";
    case "?":
      return "[^/]";
    default:
      return classSource(found);
  }
}

function classSource(written: string): string {
  const isNegated = /^\[[!^]./.test(written) && written.length > 3;
  const characters = written.slice(isNegated ? 2 : 1, -1).replace(/[\\\]^[]/g, "\\$&");
  const source = isNegated ? `[^/${characters}]` : `[${characters}]`;
  try {
    new RegExp(source, "u");
  } catch {
    throw new SyntaxError(`characters out of order in ${written}`);
  }
  return source;
}
