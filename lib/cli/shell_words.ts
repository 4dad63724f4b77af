/**
 * Command lines that people read and run again.
 *
 * @module
 */

import { withoutHidden } from "../text/shown.ts";
import { shellQuoted } from "../template/input_text.ts";
import { INPUTS } from "./request/args.ts";

/**
 * Words for a shell, in one line in which every character can be seen. What has none to hide is quoted as GNU parallel
 * does it. Others are written as POSIX has it since 2024, and bash and zsh long before; so is `!` there, for which some look
 * in the history.
 */
export function shellWords(argv: readonly string[]): string {
  return argv.map(wordOf).join(" ");
}

function wordOf(word: string): string {
  // What stands in front of inputs, and options with plain values.
  if (INPUTS.includes(word) || /^--[a-z-]+=[-\w.,+/]+$/.test(word)) return word;
  const plain = word.replaceAll(/[\\']/g, "\\$&").replaceAll("!", octal);
  const seen = withoutHidden(plain, (character) => character === "\n" ? "\\n" : octal(character));
  return seen === plain ? shellQuoted([word]) : `$'${seen}'`;
}

function octal(character: string): string {
  const bytes = Array.from(new TextEncoder().encode(character));
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

/** How long a line may be that somebody is to copy, in characters: a longer one helps nobody. */
export const LONGEST_LINE = 2000;

/** A line that works in a folder, as it is typed in another. */
export function lineIn(folder: string, here: string, line: string): string {
  return folder === here ? line : `(cd ${shellWords([folder])} && ${line})`;
}
