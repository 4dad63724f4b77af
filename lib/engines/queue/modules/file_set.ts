/**
 * The local files of a task, as bytes.
 *
 * First the length of an index, in four bytes, then the index as JSON, then the contents in the order of the index. The
 * digest of the index stands for all of them, as it has their digests.
 *
 * @module
 */

import { messageOf } from "../../../fault.ts";
import { sha256 } from "../../../text/digest.ts";

/** The most that the files of one task may take, in bytes. */
export const MOST_BYTES: number = 64 * 1024 * 1024;

/** How many files there may be, and how long their paths and names in these. */
const MOST_FILES = 20_000;
const LONGEST_PATH = 1024;
const LONGEST_NAME = 255;

const HEAD_BYTES = 4;

/** One file: its path from the root of all, as `lib/numbers.ts`, the SHA-256 of its bytes, in hex, and how many these are. */
export type IndexEntry = readonly [path: string, digest: string, size: number];

/** The files by their paths from the root of all. */
export interface FileSet {
  /** Its digest is that of the set. */
  readonly index: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Puts files together. */
export function fileSetOf(files: ReadonlyMap<string, Uint8Array>): FileSet {
  const sorted = [...files].sort(([a], [b]) => a < b ? -1 : Number(a > b));
  const entries = sorted.map(([path, bytes]): IndexEntry => [path, sha256(bytes), bytes.length]);
  return { index: JSON.stringify(entries), files: new Map(sorted) };
}

/** The bytes of files, to be sent. */
export function packed({ index, files }: FileSet): Uint8Array {
  const head = new TextEncoder().encode(index);
  const contents = [...files.values()];
  const size = contents.reduce((sum, { length }) => sum + length, HEAD_BYTES + head.length);
  const all = new Uint8Array(size);
  new DataView(all.buffer).setUint32(0, head.length);
  all.set(head, HEAD_BYTES);
  let at = HEAD_BYTES + head.length;
  for (const bytes of contents) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/**
 * Files that were sent, with all that is said of them checked: nothing in them is trusted.
 *
 * @param digest What they were announced as.
 * @throws {TypeError} If they are not that, or would not all lie below one folder.
 */
export function unpacked(bytes: Uint8Array, digest: string): FileSet {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < HEAD_BYTES ? bytes.length : view.getUint32(0);
  if (HEAD_BYTES + length > bytes.length) throw wrong("found an end in their index");
  const index = new TextDecoder().decode(bytes.subarray(HEAD_BYTES, HEAD_BYTES + length));
  const entries = parsedIndex(index, digest);
  const files = new Map<string, Uint8Array>();
  let at = HEAD_BYTES + length;
  for (const [path, digest, size] of entries) {
    const content = bytes.subarray(at, at + size);
    if (sha256(content) !== digest) throw wrong(`found other bytes as ${JSON.stringify(path)}`);
    files.set(path, content);
    at += size;
  }
  if (at !== bytes.length) throw wrong("found more than their index says");
  return { index, files };
}

/** @throws {TypeError} If an index is not the one of this digest, or not one that fanfold has made. */
export function parsedIndex(index: string, digest: string): readonly IndexEntry[] {
  if (sha256(index) !== digest) throw wrong("found others than were announced");
  const entries = entriesIn(index);
  const paths = entries.map(([path]) => path);
  const size = entries.reduce((sum, [, , size]) => sum + size, 0);
  if (paths.length > MOST_FILES || size > MOST_BYTES) throw wrong("found too many, or too large");
  const folders = new Set(paths.flatMap(foldersOf));
  const twice = paths.find((path, i) => folders.has(path) || (paths[i - 1] ?? "") >= path);
  if (twice !== undefined) throw wrong(`found ${JSON.stringify(twice)} twice, or out of order`);
  return entries;
}

function entriesIn(index: string): readonly IndexEntry[] {
  let entries: unknown;
  try {
    entries = JSON.parse(index);
  } catch (thrown) {
    throw wrong(`found no JSON as their index: ${messageOf(thrown)}`);
  }
  if (!Array.isArray(entries)) throw wrong("found no list as their index");
  return entries.map((entry: unknown): IndexEntry => {
    const [path, digest, size, ...more] = Array.isArray(entry) ? entry : [];
    const isSound = more.length === 0 && isPlain(path) && /^[\da-f]{64}$/.test(String(digest)) &&
      Number.isSafeInteger(size) && size >= 0;
    if (!isSound) {
      throw wrong(`found ${JSON.stringify(entry)?.slice(0, 200)}, wanted path, digest and size`);
    }
    return [path, String(digest), size];
  });
}

/** A path that leads down from where it starts, on every system, and in no other way than it says. */
function isPlain(path: unknown): path is string {
  if (typeof path !== "string" || path.length > LONGEST_PATH) return false;
  return path.split("/").every((name) =>
    name !== "" && name !== "." && name !== ".." && name.length <= LONGEST_NAME &&
    // deno-lint-ignore no-control-regex
    !/[\\\x00]|^[a-zA-Z]:/.test(name) && name.isWellFormed()
  );
}

/** `a/b/c` lies in `a` and in `a/b`. */
function foldersOf(path: string): readonly string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, i) => names.slice(0, i + 1).join("/"));
}

function wrong(found: string): TypeError {
  return new TypeError(`its files cannot be taken: ${found}`);
}
