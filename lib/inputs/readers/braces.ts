/**
 * Alternatives in patterns.
 *
 * @module
 */

/** The most texts that a pattern may stand for, the most braces within each other, the most characters. */
const MOST_TEXTS = 10_000;
const MOST_LEVELS = 100;
const LONGEST = 16 * 1024;

/** Whether a pattern stands for several texts; one that cannot be read is taken for such. */
export function hasAlternatives(pattern: string): boolean {
  try {
    return firstGroup(pattern) !== undefined;
  } catch {
    return true;
  }
}

/**
 * The texts that a pattern with `{a,b}` stands for, in the order written.
 *
 * Braces may be nested and empty alternatives count; braces without a comma or without an end are text,
 * and so is whatever follows a `\`, which stays for whoever reads the pattern next.
 *
 * @throws {SyntaxError} If there are too many of them, or the pattern is too long or nested too deep.
 */
export function expandBraces(pattern: string): string[] {
  const count = countOf(pattern);
  if (count <= MOST_TEXTS) return expanded(pattern);
  const found = Number.isSafeInteger(count) ? `${count} texts` : "more texts than can be counted";
  throw new SyntaxError(`its braces stand for ${found}, expected at most ${MOST_TEXTS}`);
}

/** How many texts there are, without making them. */
function countOf(pattern: string): number {
  const group = firstGroup(pattern);
  if (!group) return 1;
  const sum = group.alternatives.reduce((sum, alternative) => sum + countOf(alternative), 0);
  return sum * countOf(pattern.slice(group.end));
}

function expanded(pattern: string): string[] {
  const group = firstGroup(pattern);
  if (!group) return [pattern];
  const before = pattern.slice(0, group.start);
  const after = expanded(pattern.slice(group.end));
  return group.alternatives.flatMap(expanded).flatMap((alternative) =>
    after.map((rest) => before + alternative + rest)
  );
}

/** The first brace with alternatives, what stands between its commas, and where its text ends. */
function firstGroup(pattern: string) {
  if (pattern.length > LONGEST) {
    throw new SyntaxError(`it has ${pattern.length} characters, expected at most ${LONGEST}`);
  }
  let first:
    | { readonly start: number; readonly end: number; readonly commas: number[] }
    | undefined;
  const open: { readonly start: number; readonly commas: number[] }[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (character === "{") {
      if (open.push({ start: at, commas: [] }) <= MOST_LEVELS) continue;
      throw new SyntaxError(`its braces are nested deeper than ${MOST_LEVELS} levels`);
    } else if (character === ",") open.at(-1)?.commas.push(at);
    else if (character === "}") {
      const group = open.pop();
      const isFirst = group && group.commas.length > 0 && group.start < (first?.start ?? Infinity);
      if (isFirst) first = { ...group, end: at + 1 };
      if (first && open.length === 0) break;
    }
  }
  if (!first) return undefined;
  const { start, end, commas } = first;
  const starts = [start, ...commas];
  const alternatives = starts.map((from, i) => pattern.slice(from + 1, starts[i + 1] ?? end - 1));
  return { start, end, alternatives };
}
