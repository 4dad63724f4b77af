/**
 * Whether the modules that a document names exist, and export the functions it names.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { toErrorRecord } from "../errors/error_record.ts";
import { inLine, placeText } from "../errors/reason.ts";
import { importHint, messageOf } from "../fault.ts";
import type { FunctionRef } from "../job.ts";
import { importPlace } from "../modules/imported.ts";
import { type Flaw, type Key, nameOf } from "../schema/flaw.ts";
import { meantOrAll } from "../text/nearest.ts";

/** A text that is to name a function, and where it stands in the document. */
export interface Named {
  readonly path: readonly Key[];
  readonly text: string;
  /** Whether it only runs where a task is held to its permissions: its module is not imported to look. @default false */
  readonly isHeld?: boolean;
}

/** A name with the function that it stands for, whose module may not exist. */
export interface Reference extends Named {
  readonly ref: FunctionRef;
}

/** How modules are looked into. */
export interface ModulesOptions {
  /** Imports a module somewhere safe: name and `typeof` of every export; rejects with the import error. */
  readonly describe: (module: string) => Promise<ReadonlyMap<string, string>>;
  /** Checks every module by `describe`, and not the unclear ones only. */
  readonly exact?: boolean;
  /**
   * How far modules are looked at: not at all, or by their text alone, so that none of their code runs. @default those
   * whose text is unclear are described, unless all that is named in them is held to permissions
   */
  readonly modules?: "unread" | "unrun";
}

/**
 * What is wrong with the functions that are named.
 *
 * A local module is read first: where it plainly exports what is named, it is not imported. Every other one is
 * described, once.
 */
export async function moduleFlaws(
  references: readonly Reference[],
  options: ModulesOptions,
): Promise<readonly Flaw[]> {
  if (options.modules === "unread") return [];
  const modules = Map.groupBy(references, ({ ref }) => ref.module);
  const flaws = Array.from(modules, ([module, uses]) => flawsIn(module, uses, options));
  return (await Promise.all(flaws)).flat();
}

async function flawsIn(
  module: string,
  uses: readonly Reference[],
  { describe, exact, modules: look }: ModulesOptions,
): Promise<readonly Flaw[]> {
  if (module.startsWith("file:")) {
    const path = fileURLToPath(module);
    const source = await read(path);
    if (typeof source !== "string") {
      const { nearestFile } = await import("./meant_function.ts");
      const hint = await nearestFile(path);
      return uses.map((use) => flawOf(use, `found ${source.found}, wanted a module`, hint));
    }
    const plain = exact || /\.[jt]sx$/.test(path) ? undefined : plainExports(source);
    if (uses.every(({ ref }) => plain?.has(nameIn(ref)))) return [];
  }
  if (look === "unrun" || uses.every(({ isHeld }) => isHeld)) return [];
  const exports = await describe(module).catch((error: unknown) => ({ error }));
  if ("error" in exports) return await cannotImport(module, uses, exports.error);
  return uses.flatMap((use) => exportFlaw(use, exports) ?? []);
}

function exportFlaw(use: Reference, exports: ReadonlyMap<string, string>): Flaw | undefined {
  const name = nameIn(use.ref);
  const type = exports.get(name);
  if (type === "function") return undefined;
  if (type !== undefined) return flawOf(use, `found ${withArticle(type)}, wanted a function`);
  const names = [...exports.keys()];
  const hint = names.length === 0
    ? "the module exports nothing"
    : meantOrAll(name, names, "exports");
  return flawOf(use, "which the module does not export", hint);
}

/** Told where the module is named first, for it is one mistake however often it is named. */
async function cannotImport(
  module: string,
  uses: readonly Reference[],
  thrown: unknown,
): Promise<readonly Flaw[]> {
  const error = toErrorRecord(thrown);
  const place = await importPlace(error, module);
  const where = place ? `, at ${placeText(place)}` : "";
  const what = `but importing the module fails: ${inLine(error)}${where}`;
  return uses.slice(0, 1).map((use) => flawOf(use, what, importHint(error.message)));
}

function flawOf({ path, text }: Named, what: string, hint?: string): Flaw {
  return { path, on: "value", message: `${nameOf(path)} names "${text}", ${what}`, hint };
}

function withArticle(type: string): string {
  return type === "undefined" ? "nothing" : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function nameIn(ref: FunctionRef): string {
  return ref.path[0] ?? "";
}

async function read(path: string): Promise<string | { readonly found: string }> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { found: "no such file" };
    if (error instanceof Deno.errors.IsADirectory) return { found: "a folder" };
    return { found: messageOf(error) };
  }
}

/**
 * Names of functions that a module is certain to export.
 *
 * Only what is plainly a function counts: `export function`, `export const x = (…) => …` or `= function`, and lists
 * of such declarations. Whatever is written in another way, or in a source that cannot be told apart from its strings,
 * is left out, although it may well be a function.
 */
export function plainExports(source: string): ReadonlySet<string> {
  const text = topLevel(source);
  if (text === undefined) return new Set();
  const declared = new Set(declarations(text, "(?:export[ ]+)?"));
  const exported = declarations(text, "export[ ]+");
  return new Set([
    ...exported,
    ...listed(text).flatMap(([local, name]) => declared.has(local) ? [name] : []),
  ]);
}

/** A line break or a semicolon before it, or nothing: else it is part of a longer statement. */
const START = "(?:^|[;}\\n])\\s*";
const NAME = "([\\w$]+)";

function declarations(text: string, prefix: string): string[] {
  const isFunction = `${START}${prefix}(?:async[ ]+)?function[ ]*\\*?[ ]*${NAME}\\s*[(<]`;
  const isConstant = `${START}${prefix}const[ ]+${NAME}\\s*=\\s*`;
  const arrow = "(?:async\\s*)?(?:\\(\\)\\s*(?:=>|:)|[\\w$]+\\s*=>)";
  // Nothing may follow the body, or the function could be called or taken apart at once.
  const body = "(?:async\\s+)?function\\b[^;{}]*\\{\\}\\s*(?:;|$|(?<=\\n\\s*)[A-Za-z@])";
  return [isFunction, `${isConstant}(?:${arrow}|${body})`].flatMap((pattern) =>
    // Looked for at every place, for one declaration may end where the next one starts.
    Array.from(text.matchAll(new RegExp(`(?=(${pattern}))`, "g")), (match) => match[2] ?? "")
  );
}

/** The names in `export { local as name }`, without those of another module or of types. */
function listed(text: string): [local: string, name: string][] {
  const lists = text.matchAll(new RegExp(`${START}export\\s*\\{([^{}]*)\\}(?!\\s*from\\b)`, "g"));
  return Array.from(lists).flatMap(([, names = ""]) =>
    names.split(",").flatMap((part) => {
      const [, local, name] = /^\s*([\w$]+)(?:\s+as\s+([\w$]+))?\s*$/.exec(part) ?? [];
      return local === undefined ? [] : [[local, name ?? local] as [string, string]];
    })
  );
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "${": "}" };

/** A slash after one of these starts a regular expression; after a value it divides. */
const BEFORE_EXPRESSION =
  /(?:^|[(,=:[!&|?{;+\-*%~^<>]|\b(?:return|typeof|case|in|of|delete|void|instanceof|new|do|else|yield|await))\s*$/;

/**
 * The source of a module without comments, strings and what stands in brackets: `export function f(){}`.
 *
 * Brackets stay, and so do the names in `export { a, b }`. `undefined` if strings, comments and regular expressions
 * cannot be told apart for sure, or if the brackets do not match.
 */
function topLevel(source: string): string | undefined {
  const scan: Scan = { source, at: 0, out: "", open: [] };
  while (scan.at < source.length) {
    if (!step(scan)) return undefined;
  }
  return scan.open.length === 0 ? scan.out : undefined;
}

interface Scan {
  readonly source: string;
  at: number;
  out: string;
  /** The brackets that are open, that of a value in a template among them, and whether their content is kept. */
  readonly open: { readonly bracket: string; readonly isKept: boolean }[];
}

/** Takes one token; `false` if it cannot be told what it is. */
function step(scan: Scan): boolean {
  const { source, at } = scan;
  const char = source.charAt(at);
  switch (char) {
    case '"':
    case "'":
      return skip(scan, new RegExp(`${char}(?:[^${char}\\\\\\n]|\\\\[^])*${char}`, "y"), '""');
    case "`":
      scan.at++;
      return template(scan);
    case "/":
      return slash(scan);
    case "(":
    case "[":
    case "{": {
      const isKept = char === "{" && /(?:^|[;}\n])\s*export\s*$/.test(scan.out);
      keep(scan, char);
      scan.open.push({ bracket: char, isKept });
      scan.at++;
      return true;
    }
    case ")":
    case "]":
    case "}":
      return close(scan, char);
    default:
      keep(scan, char);
      scan.at++;
      return true;
  }
}

function slash(scan: Scan): boolean {
  const next = scan.source[scan.at + 1];
  if (next === "/") return skip(scan, /\/\/[^\n]*/y, "");
  if (next === "*") return skip(scan, /\/\*[^]*?\*\//y, " ");
  const before = scan.source.slice(Math.max(0, scan.at - 40), scan.at);
  if (BEFORE_EXPRESSION.test(before)) {
    return skip(scan, /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y, '""');
  }
  // After a bracket it may be either; that matters if a regular expression would hide quotes or brackets.
  const hidden = /\/([^\n]*)\//y;
  hidden.lastIndex = scan.at;
  const couldHide = /["'`{}()[\]]/.test(hidden.exec(scan.source)?.[1] ?? "");
  if (couldHide && /[)\]}]\s*$/.test(before)) return false;
  keep(scan, "/");
  scan.at++;
  return true;
}

/** From inside a template to its end, or to the next value in it. */
function template(scan: Scan): boolean {
  if (skip(scan, /(?:[^`\\$]|\\[^]|\$(?!\{))*`/y, '""')) return true;
  if (!skip(scan, /(?:[^`\\$]|\\[^]|\$(?!\{))*\$\{/y, "")) return false;
  scan.open.push({ bracket: "${", isKept: false });
  return true;
}

function close(scan: Scan, char: string): boolean {
  const { bracket = "" } = scan.open.pop() ?? {};
  if (CLOSING[bracket] !== char) return false;
  scan.at++;
  if (bracket === "${") return template(scan);
  keep(scan, char);
  return true;
}

function skip(scan: Scan, token: RegExp, instead: string): boolean {
  token.lastIndex = scan.at;
  const match = token.exec(scan.source);
  if (match === null) return false;
  scan.at += match[0].length;
  keep(scan, instead);
  return true;
}

function keep(scan: Scan, text: string): void {
  if (scan.open.every(({ isKept }) => isKept)) scan.out += text;
}
