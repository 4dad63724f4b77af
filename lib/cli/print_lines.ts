/**
 * What commands print for people.
 *
 * @module
 */

import { oneLine } from "../output/shown.ts";
import type { WriteAll } from "../output/sink.ts";

/** Prints lines for people, each of which stays one, whatever texts of others are in it. */
export async function printLines(stdout: WriteAll, lines: readonly string[]): Promise<void> {
  const text = lines.map((line) => `${oneLine(line)}\n`).join("");
  await stdout(new TextEncoder().encode(text));
}
