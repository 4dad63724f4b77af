/**
 * What a module names as modules, found in its text.
 *
 * @module
 */

/** What stands between an import and what it names. */
const BLANK = /[\s(]+|\/\/.*|\/\*[^]*?\*\//y;

const KEYWORD = /\b(?:from|import(?:\s*\.\s*\w+)*|require)\b|@(?:deno|ts)-types\s*=/g;

const LITERAL = new RegExp(
  [
    /"(?<double>[^"\\\n]*(?:\\[^][^"\\\n]*)*)"/,
    /'(?<single>[^'\\\n]*(?:\\[^][^'\\\n]*)*)'/,
    /`(?<template>[^`\\]*(?:\\[^][^`\\]*)*)`/,
  ].map(({ source }) => source).join("|"),
  "y",
);

/** A relative path to code in quotes, wherever it stands: `new URL("./worker.ts", import.meta.url)`. */
const PATH = /(?<=(["'`]))\.{1,2}\/[^"'`\\\n]*?\.[cm]?[jt]sx?(?:[?#][^"'`\\\n]*?)?(?=\1)/g;

/** What a text names. */
export interface Named {
  /** Specifiers as they stand, without their escapes. */
  readonly specifiers: ReadonlySet<string>;
  /** Templates with values in them, as what stands before the first and after the last value. */
  readonly templates: readonly (readonly [start: string, end: string])[];
}

/**
 * What the text of a module imports, or may import.
 *
 * It is not parsed: a string behind `from`, `import` or `require` counts, and a relative path to code wherever
 * it stands, in comments and in strings too. So there may be more than the module imports, and there is less only
 * where a specifier is computed.
 */
export function namedIn(text: string): Named {
  const specifiers = new Set<string>();
  const templates: [string, string][] = [];
  for (const keyword of text.matchAll(KEYWORD)) {
    const { double, single, template } = literalAt(text, keyword.index + keyword[0].length) ?? {};
    const literal = double ?? single ?? template;
    if (literal === undefined) continue;
    if (template?.includes("${")) {
      const end = template.slice(template.lastIndexOf("}") + 1);
      // A template within a value has ended this one too early.
      templates.push([template.slice(0, template.indexOf("${")), end.includes("${") ? "" : end]);
    } else specifiers.add(unescaped(literal));
  }
  for (const [path] of text.matchAll(PATH)) specifiers.add(path);
  return { specifiers, templates };
}

/** Relative paths in the binary of a WebAssembly module, where a byte with its length stands before each name. */
export function namedInWasm(bytes: Uint8Array): Named {
  const text = new TextDecoder("latin1").decode(bytes);
  const specifiers = new Set<string>();
  for (const { index } of text.matchAll(/(?<=[^])\.{1,2}\//g)) {
    specifiers.add(text.slice(index, index + text.charCodeAt(index - 1)));
  }
  return { specifiers, templates: [] };
}

function literalAt(text: string, from: number): Record<string, string | undefined> | undefined {
  let at = from;
  for (BLANK.lastIndex = at; BLANK.test(text); at = BLANK.lastIndex);
  LITERAL.lastIndex = at;
  return LITERAL.exec(text)?.groups;
}

const ESCAPE = /\\(?:u\{(\w+)\}|u(\w{4})|x(\w{2})|(\r\n|[^]))/g;

/** Escapes that could stand in a path; control characters do not. */
function unescaped(literal: string): string {
  return literal.replace(ESCAPE, (_, braced, four, two, plain) => {
    if (plain !== undefined) return /[\r\n\u2028\u2029]/.test(plain) ? "" : plain;
    const point = Number.parseInt(braced ?? four ?? two, 16);
    return point <= 0x10FFFF ? String.fromCodePoint(point) : "";
  });
}
