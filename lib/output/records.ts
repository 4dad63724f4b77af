/**
 * What commands tell: lines for people, or records as data.
 *
 * @module
 */

import { oneLine } from "../text/shown.ts";
import { seenJson, toJson } from "./json_value.ts";
import type { WriteAll } from "./sink.ts";

/** The formats of what commands tell of files and runs. */
export const RECORD_FORMATS = ["text", "json", "ndjson", "csv"] as const;

/** A value of each column that is known. */
export type DataRecord = Readonly<Record<string, unknown>>;

/** Prints lines for people, each of which stays one, whatever texts of others are in it. */
export async function printLines(stdout: WriteAll, lines: readonly string[]): Promise<void> {
  const text = lines.map((line) => `${oneLine(line)}\n`).join("");
  await stdout(new TextEncoder().encode(text));
}

/** What is told as data. */
export interface Told {
  readonly records: readonly DataRecord[];
  readonly columns: readonly string[];
}

/**
 * Prints records in one of the formats of them.
 *
 * @param lines Gives the lines for people.
 */
export async function printRecords(
  stdout: WriteAll,
  format: string | undefined,
  { records, columns }: Told,
  lines: () => readonly string[],
): Promise<void> {
  const as = RECORD_FORMATS.find((each) => each === format) ?? "text";
  if (as === "text") return await printLines(stdout, lines());
  await stdout(new TextEncoder().encode(recordsText(records, as, columns)));
}

/**
 * Records as a list of JSON, as an object on each line, or as the rows of a table below its heading.
 *
 * @param columns Those of the table, in their order.
 */
function recordsText(
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
