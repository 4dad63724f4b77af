/**
 * The local modules that a module is made of.
 *
 * @module
 */

import { sha256 } from "../text/digest.ts";
import {
  comparable,
  entriesIn,
  type ImportMap,
  importMapIn,
  mapped,
  moduleText,
  readBytes,
} from "./import_map.ts";

/** What has been read, so that several modules may share it; good for as long as no file changes. */
export interface Known {
  /** Files, by URL; `undefined` where there is none. */
  readonly files: Map<string, File | undefined>;
  /** Import maps of a folder and those above it, the nearest first, by URL of the folder. */
  readonly maps: Map<string, readonly ImportMap[]>;
  /** Whether names count that only the import map of the main module knows, such as that of fanfold itself. */
  readonly withMain: boolean;
}

interface File {
  readonly digest: string;
  readonly named: Named;
}

/**
 * Nothing known yet.
 *
 * @param withMain Whether names count that only the import map of the main module knows. Another machine has a program of
 * its own, whose modules need not be sent to it. @default true
 */
export function nothingKnown(withMain = true): Known {
  return { files: new Map(), maps: new Map(), withMain };
}

const NOTHING: Named = { specifiers: new Set(), templates: [] };

/**
 * A module and all local modules that it imports, and they import, by URL, with the SHA-256 of their bytes in hex;
 * `"unreadable"` or, for the module itself, `"missing"` instead where there are none. Empty if the module is not local.
 *
 * Types, JSON and other imported data count, and so do relative paths to code in any string. What is found is a file,
 * or may not be looked at: a name that leads to none is left out. Bare names are looked up in the `deno.json` files above
 * the module that imports and, unless `known` says otherwise, above the main module; with a `--config` or `--import-map` elsewhere, in a package.json,
 * or in compiler options, they are not found. Nor are specifiers that are computed, except templates, for which all
 * files of the folder count that fit. `npm:`, `jsr:`, `node:` and `https:` are not local.
 *
 * @param module URL of the module.
 * @param known What has been read before.
 */
export function localModules(
  module: string,
  known: Known = nothingKnown(),
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const open = [module];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    const url = fileOf(from);
    if (url === undefined || found.has(url.href)) continue;
    const file = fileAt(url, known);
    if (file) {
      found.set(url.href, file.digest);
      open.push(...importsOf(url, file.named, known));
    } else if (from === module) found.set(url.href, "missing");
  }
  return found;
}

/** The URL of a local file; a query or a fragment names the same one. */
function fileOf(specifier: string): URL | undefined {
  if (!/^file:/i.test(specifier)) return undefined;
  return URL.parse(specifier.replace(/[?#][^]*$/, "")) ?? undefined;
}

function fileAt(url: URL, known: Known): File | undefined {
  if (known.files.has(url.href)) return known.files.get(url.href);
  const bytes = readBytes(url);
  const file = typeof bytes === "object"
    ? { digest: sha256(bytes), named: namesOf(url, bytes) }
    : bytes && { digest: bytes, named: NOTHING };
  known.files.set(url.href, file);
  return file;
}

/** Code may import; so may a file without an ending, which Deno takes for JavaScript. */
function namesOf(url: URL, bytes: Uint8Array): Named {
  if (url.pathname.endsWith(".wasm")) return namedInWasm(bytes);
  return /(?:\.[cm]?[jt]sx?|\/[^/.]+)$/.test(url.pathname) ? namedIn(moduleText(bytes)) : NOTHING;
}

/** URLs of the files that a module names. */
function importsOf(from: URL, { specifiers, templates }: Named, known: Known): readonly string[] {
  if (specifiers.size === 0 && templates.length === 0) return [];
  const near = mapsAbove(new URL(".", from), known);
  const main = known.withMain ? [mapsAbove(new URL(".", Deno.mainModule), known)] : [];
  const addressesOf = (specifier: string) => {
    const name = comparable(specifier, from);
    const addresses = [near, ...main].map((maps) => addressOf(name, from, maps));
    return new Set(addresses.filter((address) => address.startsWith("file:")));
  };
  const found: string[] = [];
  for (const specifier of specifiers) {
    for (const address of addressesOf(specifier)) found.push(...filesAt(address, known));
  }
  for (const [start, end] of templates) {
    for (const address of addressesOf(start)) found.push(...filesLike(address, end));
  }
  return found;
}

/** What a specifier means: what the nearest import map says that knows it, or itself if it is a URL. */
function addressOf(name: string, from: URL, maps: readonly ImportMap[]): string {
  for (const map of maps) {
    const address = mapped(name, from, map);
    if (address !== undefined) return address;
  }
  return name;
}

const ENDINGS = ["ts", "tsx", "js", "jsx", "mts", "mjs", "cts", "cjs", "json", "d.ts"];

/**
 * The file at an address. If there is none, the files that could be meant, which is so with `sloppy-imports` and
 * in `require()`: another ending, or the index of a folder.
 */
function filesAt(address: string, known: Known): readonly string[] {
  const url = fileOf(address);
  if (url === undefined) return [];
  if (fileAt(url, known) !== undefined) return [url.href];
  const path = url.href.replace(/\/$/, "");
  const starts = [`${path}.`, path.replace(/\.[cm]?jsx?$/, "."), `${path}/index.`];
  return starts.filter((start) => start.endsWith("."))
    .flatMap((start) => ENDINGS.map((ending) => start + ending))
    .filter((href) => fileAt(new URL(href), known) !== undefined);
}

/** The files of one folder that a template can stand for. */
function filesLike(start: string, end: string): readonly string[] {
  const url = fileOf(start);
  if (url === undefined) return [];
  return entriesIn(new URL(".", url)).map(({ href }) => href)
    .filter((href) => href.startsWith(url.href) && href.endsWith(end));
}

function mapsAbove(folder: URL, known: Known): readonly ImportMap[] {
  if (folder.protocol !== "file:") return [];
  const before = known.maps.get(folder.href);
  if (before !== undefined) return before;
  const above = new URL("..", folder);
  const maps = [
    importMapIn(folder) ?? [],
    above.href === folder.href ? [] : mapsAbove(above, known),
  ].flat();
  known.maps.set(folder.href, maps);
  return maps;
}

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
interface Named {
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
function namedIn(text: string): Named {
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
function namedInWasm(bytes: Uint8Array): Named {
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
