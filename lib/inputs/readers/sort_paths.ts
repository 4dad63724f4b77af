/**
 * The order of paths.
 *
 * @module
 */

/** Sorts texts in place by the bytes of their UTF-8, as `LC_ALL=C sort` does, and returns them. */
export function sortPaths(paths: string[]): string[] {
  // UTF-16 has the same order, except that it puts surrogates before U+E000.
  return paths.some((path) => /[\uD800-\uDFFF]/.test(path))
    ? paths.sort(byCodePoint)
    : paths.sort();
}

function byCodePoint(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
}

/** Orders code units as the code points they belong to; -1 is the end of the text. */
function rank(unit: number): number {
  if (Number.isNaN(unit)) return -1;
  if (unit < 0xD800) return unit;
  return unit < 0xE000 ? unit + 0x2000 : unit - 0x800;
}
