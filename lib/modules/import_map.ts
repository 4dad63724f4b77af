/**
 * Import maps, as deno.json has them.
 *
 * @module
 */

import { pathOf } from "../text/file_path.ts";

/** Names and what they stand for, both as they are compared: relative ones made absolute; longest first. */
type Entries = readonly (readonly [name: string, address: string])[];

/** What names stand for in modules below a folder. */
export interface ImportMap {
  /** For all modules. */
  readonly imports: Entries;
  /** For modules whose address starts so, or is the same. */
  readonly scopes: readonly (readonly [prefix: string, imports: Entries])[];
}

/** The import map of the configuration in a folder, by URL of the folder; `undefined` if there is none. */
export function importMapIn(folder: URL): ImportMap | undefined {
  const config = configIn(folder);
  if (config === undefined) return undefined;
  const named = config.imports === undefined && config.scopes === undefined && config.importMap;
  const base = urlOf(named || "deno.json", folder) ?? folder;
  const map = named ? recordOf(parsed(readText(base))) ?? {} : config;
  const scopes = Object.entries(recordOf(map.scopes) ?? {}).flatMap(([prefix, imports]) => {
    const url = urlOf(prefix, base);
    return url === undefined ? [] : [[url.href, entriesOf(imports, base)] as const];
  });
  const imports = entriesOf(map.imports, base);
  return {
    imports: [...imports, ...packagesOf(config, folder)],
    scopes: scopes.sort(([a], [b]) => b.length - a.length),
  };
}

/** What a comparable specifier stands for in a module; `undefined` if the map has nothing to say. */
export function mapped(name: string, from: URL, map: ImportMap): string | undefined {
  const scoped = map.scopes.filter(([prefix]) =>
    prefix === from.href || (prefix.endsWith("/") && from.href.startsWith(prefix))
  );
  for (const imports of [...scoped.map(([, imports]) => imports), map.imports]) {
    for (const [key, address] of imports) {
      if (key === name) return address;
      if (key.endsWith("/") && name.startsWith(key)) return address + name.slice(key.length);
    }
  }
  return undefined;
}

function entriesOf(imports: unknown, base: URL): Entries {
  return Object.entries(recordOf(imports) ?? {}).flatMap(([name, address]) =>
    typeof address === "string"
      ? [[comparable(name, base), comparable(address, base)] as const]
      : []
  ).sort(([a], [b]) => b.length - a.length);
}

/** Relative and absolute specifiers as URLs; others as they are. */
export function comparable(specifier: string, base: URL): string {
  const isPath = /^(?:\.{0,2}\/|[a-z][a-z0-9+.-]*:)/i.test(specifier);
  return isPath ? urlOf(specifier, base)?.href ?? specifier : specifier;
}

/** What the packages of a workspace, or the one of the folder, can be imported as. */
function packagesOf(config: Record<string, unknown>, folder: URL): Entries {
  return [folder, ...workspaceFolders(config, folder)].flatMap((each) => {
    const { name, exports } = (each === folder ? config : configIn(each)) ?? {};
    if (typeof name !== "string") return [];
    const entries = typeof exports === "string" ? { ".": exports } : recordOf(exports) ?? {};
    return Object.entries(entries).flatMap(([key, path]) =>
      typeof path === "string" ? [[name + key.slice(1), comparable(path, each)] as const] : []
    );
  });
}

/** The folders of the workspace that a configuration has. */
export function workspaceFolders(
  { workspace }: Record<string, unknown>,
  folder: URL,
): readonly URL[] {
  const members = Array.isArray(workspace) ? workspace : recordOf(workspace)?.members;
  return (Array.isArray(members) ? members : []).flatMap((member) =>
    typeof member === "string" ? foldersOf(member, folder) : []
  );
}

/** The folders that a workspace names, of whose patterns only an asterisk at the end is understood. */
function foldersOf(member: string, folder: URL): readonly URL[] {
  const url = urlOf(member.replace(/\/?\*?$/, "/"), folder);
  if (url === undefined || !/(?:^|\/)\*$/.test(member)) return url ? [url] : [];
  return entriesIn(url).filter(({ href }) => href.endsWith("/"));
}

/** What the `deno.json` or `deno.jsonc` in a folder says; `undefined` if there is none that can be read. */
export function configIn(folder: URL): Record<string, unknown> | undefined {
  const text = readText(new URL("deno.json", folder)) ?? readText(new URL("deno.jsonc", folder));
  return text === undefined ? undefined : recordOf(parsed(text));
}

/** A parser of JSON with comments takes longer to load than all the rest does. */
function parsed(text: string | undefined): unknown {
  for (const json of [text ?? "", withoutComments(text ?? "")]) {
    try {
      return JSON.parse(json);
    } catch {
      // Deno itself does not start with what is no JSON either way.
    }
  }
  return undefined;
}

function withoutComments(text: string): string {
  const kept = (token: string) => token.startsWith('"') ? token : " ";
  return text.replace(/"(?:[^"\\]|\\.)*"|\/\/.*|\/\*[^]*?\*\//g, kept)
    .replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, kept);
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : undefined;
}

function urlOf(text: unknown, base: URL): URL | undefined {
  return typeof text === "string" ? URL.parse(text, base) ?? undefined : undefined;
}

/**
 * The bytes of a file; `"unreadable"` if it is there but may not be read, and `undefined` if there is no file.
 *
 * Nobody is asked for a permission, and what is no file, such as a pipe, is not opened.
 */
export function readBytes(url: URL): Uint8Array | "unreadable" | undefined {
  const path = pathOf(url.href);
  if (path === undefined) return undefined;
  if (!mayRead() && !mayRead(path)) return "unreadable";
  // Most names that lead nowhere end here, for the first errors of a program cost milliseconds.
  if (!isThere(path)) return undefined;
  try {
    return Deno.statSync(path).isFile ? Deno.readFileSync(path) : undefined;
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied ? "unreadable" : undefined;
  }
}

/** The text of a file, if it can be read. */
function readText(url: URL): string | undefined {
  const bytes = readBytes(url);
  return typeof bytes === "object" ? moduleText(bytes) : undefined;
}

/** URLs of what is in a folder; none if it cannot be read. A folder's own URL ends in a slash. */
export function entriesIn(folder: URL): readonly URL[] {
  const path = pathOf(folder.href);
  if (path === undefined || !(mayRead() || mayRead(path)) || !isThere(path)) return [];
  try {
    return [...Deno.readDirSync(path)].map(({ name, isDirectory }) => {
      const written = name.replace(/[%?#\\\s]/g, encodeURIComponent);
      return new URL(`./${written}${isDirectory ? "/" : ""}`, folder);
    });
  } catch {
    return [];
  }
}

/** Bytes as Deno reads the text of a module: UTF-8, unless they start with the mark of UTF-16. */
export function moduleText(bytes: Uint8Array): string {
  const mark = String(bytes.subarray(0, 2));
  const encoding = mark === "255,254" ? "utf-16le" : mark === "254,255" ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

function isThere(path: string): boolean {
  return process.getBuiltinModule("node:fs").existsSync(path);
}

function mayRead(path?: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}
