/**
 * What commands tell, as data.
 *
 * @module
 */

import { seenJson, toJson } from "./json_value.ts";

/** The formats of what commands tell of files and runs. */
export const RECORD_FORMATS = ["text", "json", "ndjson", "csv"] as const;

/** A value of each column that is known. */
export type DataRecord = Readonly<Record<string, unknown>>;

/**
 * Records as a list of JSON, as an object on each line, or as the rows of a table below its heading.
 *
 * @param columns Those of the table, in their order.
 */
export function recordsText(
  records: readonly DataRecord[],
  format: Exclude<typeof RECORD_FORMATS[number], "text">,
  columns: readonly string[],
): string {
  switch (format) {
    case "json":
      return `${seenJson(toJson(records))}\n`;
    case "ndjson":
      return records.map((record) => `${seenJson(toJson(record))}\n`).join("");
    case "csv":
      return [columns, ...records.map((record) => columns.map((column) => record[column]))]
        .map((row) => `${row.map(csvCell).join(",")}\n`).join("");
  }
}

/** A cell of comma separated values, as RFC 4180 has it: a text is itself, `undefined` nothing, any other value JSON. */
export function csvCell(value: unknown): string {
  const text = value === undefined ? "" : typeof value === "string" ? value : toJson(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
