/**
 * Files as modules are made of them.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/**
 * The bytes of a file; `"unreadable"` if it is there but may not be read, and `undefined` if there is no file.
 *
 * Nobody is asked for a permission, and what is no file, such as a pipe, is not opened.
 */
export function readBytes(url: URL): Uint8Array | "unreadable" | undefined {
  const path = pathOf(url);
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
export function readText(url: URL): string | undefined {
  const bytes = readBytes(url);
  return typeof bytes === "object" ? textOf(bytes) : undefined;
}

/** URLs of what is in a folder; none if it cannot be read. A folder's own URL ends in a slash. */
export function entriesIn(folder: URL): readonly URL[] {
  const path = pathOf(folder);
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
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding = first === 0xFF && second === 0xFE
    ? "utf-16le"
    : first === 0xFE && second === 0xFF
    ? "utf-16be"
    : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

function isThere(path: string): boolean {
  return process.getBuiltinModule("node:fs").existsSync(path);
}

function mayRead(path?: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/** The path of a URL, if it is one of a file and stands for a path. */
function pathOf(url: URL): string | undefined {
  if (url.protocol !== "file:") return undefined;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
