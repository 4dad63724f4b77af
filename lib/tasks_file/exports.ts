/**
 * What a module plainly exports, read from its source without running it.
 *
 * @module
 */

import { topLevel } from "./top_level.ts";

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
