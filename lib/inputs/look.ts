/**
 * What can be known to be wrong with a source before it is read.
 *
 * @module
 */

import type { Source } from "../source.ts";
import { LineSplitter } from "./readers/line_splitter.ts";
import type { Parser } from "./readers/parsed.ts";
import { type Flaw, flawOf, type Origin, originOf } from "./unreadable.ts";

/** What is wrong with a source, and which part of it that is. */
export interface SourceFlaw {
  readonly flaw: Flaw;
  /** What it is wrong with. */
  readonly origin: Origin;
  /** Leads to the part of a `product` or a `zip`, to any depth: which of the two it is, and the part's name or number. */
  readonly part: readonly (string | number)[];
  /** Where a source says several things, what it says about that: its query, or which of its patterns. */
  readonly key?: readonly (string | number)[];
}

/**
 * What is known to be wrong: nothing if all of it can be read, or if that shows only when it is read.
 *
 * Looking leaves everything as it is. A file is opened, and of one that has to be parsed the first block is read; what
 * is no regular file, a named pipe for example, is not opened. Of a database the query is prepared. Folders are not
 * searched, no code of the user is called, stdin is not touched.
 */
export async function flawsOf(source: Source): Promise<readonly SourceFlaw[]> {
  switch (source.kind) {
    case "list":
    case "range":
    case "module":
    case "from":
    case "iterable":
      return [];
    case "files": {
      const { flawsOfFiles } = await import("./readers/file_paths.ts");
      return (await flawsOfFiles(source)).map(({ flaw, origin, key, at }) => ({
        flaw,
        origin,
        part: [],
        key: [key, at],
      }));
    }
    case "lines":
      return await flawsOfText(source.path, () => new LineSplitter(source.nul ? "\0" : "\n"));
    case "csv": {
      const { CsvParser } = await import("./readers/csv_parser.ts");
      return await flawsOfText(source.path, () => new CsvParser(source));
    }
    case "ndjson": {
      const { NdjsonParser } = await import("./readers/ndjson_parser.ts");
      return await flawsOfText(source.path, () => new NdjsonParser());
    }
    case "json": {
      const { JsonParser } = await import("./readers/json_parser.ts");
      return await flawsOfText(source.path, () => new JsonParser());
    }
    case "sqlite": {
      const { flawOfRows } = await import("./readers/sqlite_rows.ts");
      const found = await flawOfRows(source);
      if (!found) return [];
      return [{ flaw: found.flaw, origin: originOf(source.path), part: [], key: [found.key] }];
    }
    case "mapped":
    case "modified":
      return await flawsOf(source.source);
    case "product":
    case "zip": {
      const flaws: SourceFlaw[] = [];
      for (const [i, part] of source.parts.entries()) {
        const step = [source.kind, source.names?.[i] ?? i];
        for (const flaw of await flawsOf(part)) {
          flaws.push({ ...flaw, part: [...step, ...flaw.part] });
        }
      }
      return flaws;
    }
  }
}

/** How much of a file is read, in bytes. */
const BLOCK_BYTES = 64 * 1024;

/** What keeps a file from giving its first input, if its first block shows it. What comes later does not count. */
async function flawsOfText(
  path: string | undefined,
  parser: () => Parser<unknown>,
): Promise<readonly SourceFlaw[]> {
  const flaw = path === undefined ? undefined : await flawOfText(path, parser());
  return path === undefined || !flaw ? [] : [{ flaw, origin: originOf(path), part: [] }];
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
