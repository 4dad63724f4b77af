/**
 * `--results WHERE`: what each job wrote, kept apart.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import { type FolderOptions, ResultsFolder } from "./results_folder.ts";
import { ResultsTable, type TableFormat, type TableOptions } from "./results_table.ts";

/** What results need of the run. */
export type ResultsOptions = FolderOptions & TableOptions;

/** Keeps what jobs write, beside its way to stdout or in its place. */
export type Results = ResultsFolder | ResultsTable;

/**
 * Opens the place for results.
 *
 * @param where A folder, made where it is missing, or a file that ends in `.csv`, `.tsv` or `.json`, emptied first.
 * @throws {Fault} Of kind `usage`, if it cannot be opened or holds a replacement string.
 */
export function openResults(where: string, options: ResultsOptions): Results {
  const found = parseWhere(where);
  return found.kind === "folder"
    ? new ResultsFolder(found.path, options)
    : new ResultsTable(found, options);
}

/** Where results go: a table, to stdout if it has no path, or a folder of folders. */
export type Where =
  | { readonly kind: "table"; readonly format: TableFormat; readonly path?: string }
  | { readonly kind: "folder"; readonly path: string };

const TABLE = /\.(csv|tsv|json)$/i;
/** The table that somebody may have meant by another format. */
const TABLE_FOR: Readonly<Record<string, TableFormat>> = {
  ...{ ndjson: "json", jsonl: "json", json5: "json", jsonc: "json", yaml: "json", yml: "json" },
  ...{ xls: "csv", xlsx: "csv", ods: "csv", txt: "tsv", tab: "tsv" },
};

/** What is called like a file of a format that there is no table in. */
const FILE = new RegExp(
  `^(.*[^/])\\.(${Object.keys(TABLE_FOR).join("|")}|` +
    "arrow|avro|bin|bz2|dat|db|gz|html?|log|md|parquet|pdf|sql|sqlite3?|tap|tar|tgz|toml|xml|xz|zip|zst)$",
  "is",
);

const ON_STDOUT = /^-\.(csv|tsv|json)$/;
const REPLACEMENT = /\{[^{}]*\}/;

/**
 * Reads the value of `--results`: what ends in `.csv`, `.tsv` or `.json` is a table, anything else a
 * folder; `-.csv`, `-.tsv` and `-.json` are tables on stdout.
 *
 * @throws {Fault} Of kind `usage`, if it is empty, is called like a file of another format, or holds a replacement
 * string: a value that became a part of a path as it is could lead out of the folder.
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
  const [, name = "", ending = ""] = FILE.exec(text) ?? [];
  if (ending !== "") {
    const meant = TABLE_FOR[ending.toLowerCase()];
    const folder = `a folder of that name is written "${text}/"`;
    throw new Fault("usage", `Cannot read --results: found the file "${text}", ${wanted}`, {
      hint: meant === undefined ? folder : `did you mean "${name}.${meant}"? ${folder}`,
    });
  }
  const extension = TABLE.exec(text)?.[1]?.toLowerCase();
  if (extension === undefined) return { kind: "folder", path: text };
  const table = { kind: "table", format: extension as TableFormat } as const;
  return ON_STDOUT.test(text) ? table : { ...table, path: text };
}
