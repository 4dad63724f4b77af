/**
 * Tables for people.
 *
 * @module
 */

import { oneLine } from "../text/shown.ts";

/** What takes the room of two letters in a terminal. */
const WIDE =
  /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60]/u;

/** What takes none: it stands above another character, or joins it to the next. */
const NARROW = /[\p{M}\u200c\u200d]/u;

/** How tables are set. */
export interface TableOptions {
  /** The columns, from 0, whose cells end in line, as numbers do. */
  readonly right?: readonly number[];
}

/**
 * Rows in lines without line ends, in columns two spaces apart. The last cell of a row may be as long as it is; whatever
 * is in a cell, it stays in its line and its column.
 */
export function tableLines(
  rows: readonly (readonly string[])[],
  { right = [] }: TableOptions = {},
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
