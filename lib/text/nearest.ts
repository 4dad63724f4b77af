/**
 * The known name that somebody may have meant.
 *
 * @module
 */

/** `did you mean "inputs"?` for the nearest known name; nothing where none is near. */
export function didYouMean(given: string, known: Iterable<string>): string | undefined {
  const name = nearest(given, known);
  return name === undefined ? undefined : `did you mean "${name}"?`;
}

/** How many names are told, and how much of each, in characters. */
const MOST = 20;
const NAME_LENGTH = 60;

/** `did you mean "b"?`, or which there are where none is near: `its tasks are a, b, c`; of many the first. */
export function meantOrAll(given: string, known: readonly string[], what: string): string {
  const names = known.slice(0, MOST).map((name) => {
    const letters = Array.from(name);
    return letters.length > NAME_LENGTH ? `${letters.slice(0, NAME_LENGTH - 1).join("")}…` : name;
  });
  const more = known.length > MOST ? ` and ${known.length - MOST} more` : "";
  return didYouMean(given, known) ?? `its ${what} are ${names.join(", ")}${more}`;
}

/**
 * The name with the fewest slips (a letter added, left out, replaced, or two swapped) from `given`.
 *
 * At most one slip in three letters; letter case does not count. Of equally near names the first.
 */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Infinity;
  for (const name of known) {
    const slips = slipsBetween(given.toLowerCase(), name.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(given.length, name.length) / 3));
    if (slips <= allowed && slips < fewest) [best, fewest] = [name, slips];
  }
  return best;
}

/** Edit distance where swapping neighbours counts once (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = cell(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let slips = Math.min(replaced, cell(previous, j) + 1, cell(row, j - 1) + 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) slips = Math.min(slips, cell(older, j - 2) + 1);
      row.push(slips);
    }
    [older, previous] = [previous, row];
  }
  return cell(previous, b.length);
}

function cell(row: readonly number[], at: number): number {
  return row[at] ?? Infinity;
}
