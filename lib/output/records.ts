/**
 * What commands tell: lines and tables for people, or records as data.
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
 * Prints one record: its lines for people, or JSON.
 *
 * @param lines Gives the lines.
 */
export async function printRecord(
  stdout: WriteAll,
  isJson: boolean,
  record: DataRecord,
  lines: () => readonly string[],
): Promise<void> {
  if (!isJson) return await printLines(stdout, lines());
  await stdout(new TextEncoder().encode(`${seenJson(toJson(record))}\n`));
}

/** Records as a list of JSON, as an object on each line, or as the rows of a table below its heading. */
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

/** What takes the room of two letters in a terminal. */
const WIDE =
  /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60]/u;

/** What takes none: it stands above another character, or joins it to the next. */
const NARROW = /[\p{M}\u200c\u200d]/u;

/**
 * Rows in lines without line ends, in columns two spaces apart. The last cell of a row may be as long as it is; whatever
 * is in a cell, it stays in its line and its column.
 *
 * @param right The columns, from 0, whose cells end in line, as numbers do.
 */
export function tableLines(
  rows: readonly (readonly string[])[],
  { right = [] }: { readonly right?: readonly number[] } = {},
): readonly string[] {
  const shown = rows.map((row) => row.map((cell) => oneLine(cell).replaceAll("\t", "\\t")));
  const widths: number[] = [];
  for (const row of shown) {
    for (const [i, cell] of row.slice(0, -1).entries()) {
      widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
    }
  }
  return shown.map((row) => {
    const cells = row.map((cell, i) => {
      const space = " ".repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell)));
      return right.includes(i) ? space + cell : cell + space;
    });
    return cells.join("  ").trimEnd();
  });
}

/** How much room a text takes, in letters. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += NARROW.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}
