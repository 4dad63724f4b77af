/**
 * The local modules that a module is made of.
 *
 * @module
 */

import { sha256 } from "../text/digest.ts";
import { comparable, type ImportMap, importMapIn, mapped } from "./import_map.ts";
import { entriesIn, readBytes, textOf } from "./module_text.ts";
import { type Named, namedIn, namedInWasm } from "./named_modules.ts";

/** What has been read, so that several modules may share it; good for as long as no file changes. */
export interface Known {
  /** Files, by URL; `undefined` where there is none. */
  readonly files: Map<string, File | undefined>;
  /** Import maps of a folder and those above it, the nearest first, by URL of the folder. */
  readonly maps: Map<string, readonly ImportMap[]>;
}

interface File {
  readonly digest: string;
  readonly named: Named;
}

/** Nothing known yet. */
export function nothingKnown(): Known {
  return { files: new Map(), maps: new Map() };
}

/** What stands for the digest of a file that is not there. */
const MISSING = "missing";

const NOTHING: Named = { specifiers: new Set(), templates: [] };

/**
 * A module and all local modules that it imports, and they import, by URL, with the SHA-256 of their bytes in hex;
 * `"unreadable"` or, for the module itself, `"missing"` instead where there are none. Empty if the module is not local.
 *
 * Types, JSON and other imported data count, and so do relative paths to code in any string. What is found is a file,
 * or may not be looked at: a name that leads to none is left out. Bare names are looked up in the `deno.json` files above
 * the module that imports and above the main module; with a `--config` or `--import-map` elsewhere, in a package.json,
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
    if (file !== undefined) found.set(url.href, file.digest);
    else if (from === module) found.set(url.href, MISSING);
    if (file !== undefined) open.push(...importsOf(url, file.named, known));
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
  return /(?:\.[cm]?[jt]sx?|\/[^/.]+)$/.test(url.pathname) ? namedIn(textOf(bytes)) : NOTHING;
}

/** URLs of the files that a module names. */
function importsOf(from: URL, { specifiers, templates }: Named, known: Known): readonly string[] {
  if (specifiers.size === 0 && templates.length === 0) return [];
  const near = mapsAbove(new URL(".", from), known);
  const main = mapsAbove(new URL(".", Deno.mainModule), known);
  const addressesOf = (specifier: string) => {
    const name = comparable(specifier, from);
    const addresses = [near, main].map((maps) => addressOf(name, from, maps));
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
