/**
 * Text as wide as a terminal has room for it.
 *
 * @module
 */

/** Characters that take one column each, everywhere. */
const NARROW = /^[ -~…]*$/;

/** Made when a text is cut that has others: to make it takes as long as many looks. */
let graphemes: Intl.Segmenter | undefined;

let stringWidth: ((text: string) => number) | undefined;

/** Has the widths of all characters known, not only of those that nearly all texts consist of: that takes its time. */
export async function loadWidths(): Promise<void> {
  stringWidth ??= (await import("../npm/string_width.ts")).stringWidth;
}

/** Whether it is known how many columns a text takes. */
export function isWidthKnown(text: string): boolean {
  return stringWidth !== undefined || NARROW.test(text);
}

/**
 * How many columns a text takes that has no control characters; escape sequences take none.
 *
 * @throws {TypeError} If that is not known yet.
 */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  if (!stringWidth) throw new TypeError("Cannot tell the width of a text before loadWidths()");
  return stringWidth(text);
}

/** Text of at most so many columns, with `…` where it was cut off; no character is cut in two. */
export function cutTo(text: string, columns: number): string {
  // Every character takes a byte or more, and few take no column.
  const near = text.slice(0, Math.max(0, columns) * 8);
  if (near.length === text.length && widthOf(text) <= columns) return text;
  if (columns < 1) return "";
  if (NARROW.test(near)) return `${near.slice(0, columns - 1)}…`;
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  let cut = "";
  let width = 0;
  for (const { segment } of graphemes.segment(near)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** Text made as wide as that, by blanks or by a cut. */
export function fitted(text: string, columns: number): string {
  const cut = cutTo(text, columns);
  return cut + " ".repeat(Math.max(0, columns - widthOf(cut)));
}
