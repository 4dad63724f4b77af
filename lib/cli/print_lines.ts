/**
 * What commands print that tell of something.
 *
 * @module
 */

import { type DataRecord, RECORD_FORMATS, recordsText } from "../output/records.ts";
import { oneLine } from "../text/shown.ts";
import type { WriteAll } from "../output/sink.ts";

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
