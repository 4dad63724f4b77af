/**
 * Alternatives in patterns.
 *
 * @module
 */

/**
 * The texts that a pattern with `{a,b}` stands for, in the order written.
 *
 * Braces may be nested and empty alternatives count; braces without a comma or without an end are text,
 * and so is whatever follows a `\`, which stays for whoever reads the pattern next.
 */
export function expandBraces(pattern: string): string[] {
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === "\\") at++;
    else if (pattern[at] === "{") {
      const group = groupAt(pattern, at);
      if (!group) continue;
      const before = pattern.slice(0, at);
      const after = expandBraces(pattern.slice(group.end));
      return group.alternatives.flatMap(expandBraces).flatMap((alternative) =>
        after.map((rest) => before + alternative + rest)
      );
    }
  }
  return [pattern];
}

/** What stands between the commas of the brace at `start`, and where its text ends. */
function groupAt(pattern: string, start: number) {
  const alternatives: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (character === "{") depth++;
    else if (character === "," && depth === 1) {
      alternatives.push(pattern.slice(from, at));
      from = at + 1;
    } else if (character === "}" && --depth === 0) {
      alternatives.push(pattern.slice(from, at));
      return alternatives.length > 1 ? { alternatives, end: at + 1 } : undefined;
    }
  }
  return undefined;
}
