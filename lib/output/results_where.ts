/**
 * What `--results WHERE` asks for.
 *
 * @module
 */

import { Fault } from "../fault.ts";

/** What a table of results is written as. */
export type TableFormat = "csv" | "tsv" | "json";

/** Where results go: a table, to stdout if it has no path, or a folder of folders. */
export type Where =
  | { readonly kind: "table"; readonly format: TableFormat; readonly path?: string }
  | { readonly kind: "folder"; readonly path: string };

const TABLE = /\.(csv|tsv|json)$/i;
const ON_STDOUT = /^-\.(csv|tsv|json)$/;
const REPLACEMENT = /\{[^{}]*\}/;

/**
 * Reads the value of `--results`: what ends in `.csv`, `.tsv` or `.json` is a table, anything else a
 * folder; `-.csv`, `-.tsv` and `-.json` are tables on stdout.
 *
 * @throws {Fault} Of kind `usage`, if it is empty or holds a replacement string: a value that became a
 * part of a path as it is could lead out of the folder.
 */
export function parseWhere(text: string): Where {
  const wanted = "wanted a folder, or a file that ends in .csv, .tsv or .json";
  if (text === "") throw new Fault("usage", `Cannot read --results: no value, ${wanted}`);
  const [replacement] = REPLACEMENT.exec(text) ?? [];
  if (replacement !== undefined) {
    const found = `found the replacement string "${replacement}" in "${text}"`;
    throw new Fault("usage", `Cannot read --results: ${found}, ${wanted}`, {
      hint: "name a folder: each job gets one of its own in it, called after its values",
    });
  }
  const extension = TABLE.exec(text)?.[1]?.toLowerCase();
  if (extension === undefined) return { kind: "folder", path: text };
  const table = { kind: "table", format: extension as TableFormat } as const;
  return ON_STDOUT.test(text) ? table : { ...table, path: text };
}
