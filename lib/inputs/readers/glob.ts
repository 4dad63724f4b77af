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

/** A pattern without braces, and the folder that it has to be looked for in. */
export interface Glob {
  /** Absolute, with `/` between names. */
  readonly folder: string;
  /** The first name below it. */
  readonly first: Step;
  /** Whether the pattern leaves out a path as an exclude: with dots in front too, and all that is in a folder. */
  excludes(path: string): boolean;
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
  return hasWildcard(text) || /\\[{},\\]/.test(text) || hasAlternatives(text);
}

/**
 * Takes a pattern apart, one glob for each alternative in braces.
 *
 * @param base Absolute folder that a relative pattern starts from.
 * @throws {SyntaxError} If it has characters out of order, as in `[z-a]`, or braces for too many texts.
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
  return { folder, first: stepsOf(names), excludes: excluding(folder, names) };
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
  const test = testOf(name);
  const hasDot = /^\\?\./.test(name);
  const matches = (text: string) => (hasDot || !text.startsWith(".")) && test(text);
  return { isDeep: false, matches, next };
}

/** Says whether a path begins with names that these match; `**` stands for any number of them. */
function excluding(folder: string, names: readonly string[]): (path: string) => boolean {
  // With what it has in it, a folder is left out itself, and so need not be readable.
  const inside = names.at(-1) === "**" ? names.slice(0, -1) : names;
  const tests: (Test | typeof DEEP)[] = [
    ...inside.map((name) => name === "**" ? DEEP : testOf(name)),
    DEEP,
  ];
  const start = folder === "/" ? "" : folder;
  return (path) => {
    if (path !== start && !path.startsWith(`${start}/`)) return false;
    return matchesAll(path.slice(start.length).split("/").slice(1), tests);
  };
}

type Test = (name: string) => boolean;

/** Any number of names. */
const DEEP = "**";

/**
 * Whether the tests hold for all names in their order. What comes before a `**` is never tried again: the first
 * place where the tests between two of them hold leaves the most to those behind.
 */
function matchesAll(names: readonly string[], tests: readonly (Test | typeof DEEP)[]): boolean {
  let [name, test] = [0, 0];
  let again: { name: number; test: number } | undefined;
  while (name < names.length) {
    const now = tests[test];
    if (now === DEEP) {
      again = { name, test: ++test };
    } else if (now?.(names[name] as string)) {
      name++;
      test++;
    } else if (again) {
      name = ++again.name;
      test = again.test;
    } else {
      return false;
    }
  }
  return tests.slice(test).every((rest) => rest === DEEP);
}

const WILDCARD = /\\.|\*+|\?|\[[!^]?(?:\][^\]]*|[^\]]+)\]/gsu;

function hasWildcard(text: string): boolean {
  return /[*?]|\[[!^]?(?:\][^\]]*|[^\]]+)\]/.test(text);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gsu, "$1");
}

/**
 * Says whether a name matches a name of a pattern.
 *
 * What stands between the `*` is looked for from left to right, each at the first place where it is. All of it has a
 * length of its own, so that nothing is tried twice; one expression for the whole would try every way to
 * share a name out among the `*`.
 */
function testOf(pattern: string): Test {
  const sources = sourcesOf(pattern);
  const last = sources.length - 1;
  const pieces = sources.map((source, at) =>
    new RegExp(`${at === 0 ? "^" : ""}${source}${at === last ? "$" : ""}`, "gsu")
  );
  return (name) => {
    let from = 0;
    for (const piece of pieces) {
      piece.lastIndex = from;
      if (!piece.test(name)) return false;
      from = piece.lastIndex;
    }
    return true;
  };
}

/** The expressions for what is before, between and behind the `*` of one name of a pattern. */
function sourcesOf(name: string): string[] {
  const sources = [""];
  let from = 0;
  const add = (source: string) => sources.push(sources.pop() + source);
  for (const { 0: found, index } of name.matchAll(WILDCARD)) {
    add(RegExp.escape(name.slice(from, index)));
    if (found[0] === "*") sources.push("");
    else add(wildcardSource(found));
    from = index + found.length;
  }
  add(RegExp.escape(name.slice(from)));
  return sources;
}

function wildcardSource(found: string): string {
  if (found[0] === "\\") return RegExp.escape(found.slice(1));
  return found === "?" ? "[^/]" : classSource(found);
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

/** The most texts that a pattern may stand for, the most braces within each other, the most characters. */
const MOST_TEXTS = 10_000;
const MOST_LEVELS = 100;
const LONGEST = 16 * 1024;

/** Whether a pattern stands for several texts; one that cannot be read is taken for such. */
function hasAlternatives(pattern: string): boolean {
  try {
    return firstGroup(pattern) !== undefined;
  } catch {
    return true;
  }
}

/**
 * The texts that a pattern with `{a,b}` stands for, in the order written.
 *
 * Braces may be nested and empty alternatives count; braces without a comma or without an end are text,
 * and so is whatever follows a `\`, which stays for whoever reads the pattern next.
 *
 * @throws {SyntaxError} If there are too many of them, or the pattern is too long or nested too deep.
 */
function expandBraces(pattern: string): string[] {
  const count = countOf(pattern);
  if (count <= MOST_TEXTS) return expanded(pattern);
  const found = Number.isSafeInteger(count) ? `${count} texts` : "more texts than can be counted";
  throw new SyntaxError(`its braces stand for ${found}, expected at most ${MOST_TEXTS}`);
}

/** How many texts there are, without making them. */
function countOf(pattern: string): number {
  const group = firstGroup(pattern);
  if (!group) return 1;
  const sum = group.alternatives.reduce((sum, alternative) => sum + countOf(alternative), 0);
  return sum * countOf(pattern.slice(group.end));
}

function expanded(pattern: string): string[] {
  const group = firstGroup(pattern);
  if (!group) return [pattern];
  const before = pattern.slice(0, group.start);
  const after = expanded(pattern.slice(group.end));
  return group.alternatives.flatMap(expanded).flatMap((alternative) =>
    after.map((rest) => before + alternative + rest)
  );
}

/** The first brace with alternatives, what stands between its commas, and where its text ends. */
function firstGroup(pattern: string) {
  if (pattern.length > LONGEST) {
    throw new SyntaxError(`it has ${pattern.length} characters, expected at most ${LONGEST}`);
  }
  let first:
    | { readonly start: number; readonly end: number; readonly commas: number[] }
    | undefined;
  const open: { readonly start: number; readonly commas: number[] }[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (character === "{") {
      if (open.push({ start: at, commas: [] }) <= MOST_LEVELS) continue;
      throw new SyntaxError(`its braces are nested deeper than ${MOST_LEVELS} levels`);
    } else if (character === ",") open.at(-1)?.commas.push(at);
    else if (character === "}") {
      const group = open.pop();
      const isFirst = group && group.commas.length > 0 && group.start < (first?.start ?? Infinity);
      if (isFirst) first = { ...group, end: at + 1 };
      if (first && open.length === 0) break;
    }
  }
  if (!first) return undefined;
  const { start, end, commas } = first;
  const starts = [start, ...commas];
  const alternatives = starts.map((from, i) => pattern.slice(from + 1, starts[i + 1] ?? end - 1));
  return { start, end, alternatives };
}
