/**
 * What the first block of a file shows to be wrong with it.
 *
 * @module
 */

import type { SourceFlaw } from "../source_record.ts";
import { type Flaw, flawOf, originOf } from "../unreadable.ts";
import type { Parser } from "./parsed.ts";

/** How much of a file is read, in bytes. */
const BLOCK_BYTES = 64 * 1024;

/**
 * What keeps a file from giving its first input, if its first block shows it. What comes later does not count. What is no
 * regular file, a named pipe for example, is not opened.
 */
export async function flawsOfText(
  path: string,
  parser: Parser<unknown>,
): Promise<readonly SourceFlaw[]> {
  const flaw = await flawOfText(path, parser);
  return flaw ? [{ flaw, origin: originOf(path), part: [] }] : [];
}

async function flawOfText(path: string, parser: Parser<unknown>): Promise<Flaw | undefined> {
  try {
    const { isDirectory, isFile, size } = await Deno.stat(path);
    if (isDirectory) throw new Deno.errors.IsADirectory();
    if (!isFile) return undefined;
    using file = await Deno.open(path);
    // What the kernel writes has no size, and may be gone when it was read: `/proc/kmsg`, for example.
    if (size === 0) return undefined;
    const block = new Uint8Array(Math.min(size, BLOCK_BYTES));
    const length = await file.read(block) ?? 0;
    const isWhole = length === size;
    const first = parser.push(block.subarray(0, length));
    const last = isWhole && first.length === 0 && !parser.flaw ? parser.end() : [];
    return first.length + last.length > 0 ? undefined : parser.flaw;
  } catch (error) {
    return flawOf(error, path);
  }
}
