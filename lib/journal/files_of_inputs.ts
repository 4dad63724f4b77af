/**
 * Which files the inputs of a task name.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Source } from "../source.ts";

/** The absolute paths of the files that an input names. */
export type FilesOf = (input: unknown) => readonly string[];

const NONE: readonly string[] = [];

/**
 * Tells the files of inputs whose source is one of files, or made of such; nothing for any other: a text that is a
 * path may be only a text.
 */
export function filesOfInputs(source: Source): FilesOf | undefined {
  switch (source.kind) {
    case "files":
      return (input) => typeof input === "string" ? [resolve(source.from, input)] : NONE;
    case "modified": {
      const filesOf = filesOfInputs(source.source);
      if (!filesOf || source.batch === undefined) return filesOf;
      return (input) => Array.isArray(input) ? input.flatMap(filesOf) : NONE;
    }
    case "product":
    case "zip": {
      const parts = source.parts.flatMap((part, i) => {
        const filesOf = filesOfInputs(part);
        return filesOf ? [{ key: source.names?.[i] ?? i, filesOf }] : [];
      });
      if (parts.length === 0) return undefined;
      return (input) => parts.flatMap(({ key, filesOf }) => filesOf(partOf(input, key)));
    }
    case "list":
    case "range":
    case "lines":
    case "csv":
    case "ndjson":
    case "json":
    case "sqlite":
    case "module":
    case "from":
    case "iterable":
    case "mapped":
      return undefined;
  }
}

function partOf(input: unknown, key: string | number): unknown {
  return typeof input === "object" && input !== null ? Reflect.get(input, key) : undefined;
}
