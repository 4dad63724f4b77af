/**
 * Faults in words.
 *
 * @module
 */

import type { Fault, Mistake } from "../fault.ts";

/** How much of a line is shown, in characters. */
const LINE_LENGTH = 120;

/** All mistakes of a fault, each with its place and what to try; ends in a line end. */
export function faultText(fault: Fault): string {
  return fault.mistakes.map(mistakeText).join("");
}

function mistakeText({ message, at, hint }: Mistake): string {
  const lines = [`fanfold: ${message}`];
  if (at) {
    const { file, line, column, text } = at;
    lines.push(`  at ${[file, line, column].filter((part) => part !== undefined).join(":")}`);
    if (text !== undefined) lines.push(...excerpt(text, column));
  }
  if (hint) lines.push(`  hint: ${hint}`);
  return lines.map((line) => `${line}\n`).join("");
}

/** The line, and a mark under the column. */
function excerpt(text: string, column?: number): string[] {
  const start = Math.max(0, (column ?? 1) - LINE_LENGTH);
  // What would move the cursor is shown as a space, so that the mark stays under its column.
  const shown = text.slice(start, start + LINE_LENGTH).replaceAll(/\p{Cc}/gu, " ");
  const mark = column === undefined ? [] : [`  | ${" ".repeat(column - 1 - start)}^`];
  return [`  | ${shown}`, ...mark];
}
