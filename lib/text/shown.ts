/**
 * Text of others made fit for a terminal, and the form of what fanfold says itself. All that it says to people
 * goes through here: an input, a name, a message may hold anything.
 *
 * @module
 */

/**
 * Control characters, lone halves of characters, line and paragraph separators, and what nobody sees: what turns
 * the direction of text, has no width, tags. Joiners and variation selectors are none of them, for scripts and
 * emoji need them.
 */
const HIDDEN =
  /[[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]--[\u200c\u200d\ufe00-\ufe0f]]/gv;

/** Escape sequences that colour, move the cursor, switch the character set, name a link or the window. */
// deno-lint-ignore no-control-regex
const SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-Z])/g;

/** Text with each hidden character replaced. */
export function withoutHidden(text: string, replace: (character: string) => string): string {
  return text.replaceAll(HIDDEN, replace);
}

/** Text whose hidden characters but tabs and line ends can be seen: `\x1b`, `\u202e`. */
export function harmless(text: string): string {
  const shown = (character: string) => /[\t\n]/.test(character) ? character : escaped(character);
  return withoutHidden(text.replaceAll("\r\n", "\n"), shown);
}

/** The same in one line: a line end in it is `\n`. */
export function oneLine(text: string): string {
  const shown = (character: string) => character === "\t" ? character : escaped(character);
  return withoutCommands(withoutHidden(text, shown));
}

/** What GitHub Actions takes for a workflow command: `::` where a line begins, and `##[` anywhere in it. */
const COMMAND = /^(\s*)::|##(?=\[)/g;

let isReadForCommands = false;

/** From now on no line of fanfold holds a workflow command that GitHub Actions obeys. @default texts stay as they are */
export function guardFromCommands(): void {
  isReadForCommands = true;
}

/** A line in which nothing is taken for a workflow command, if somebody obeys such: `\::`, `#\#[`. */
export function withoutCommands(line: string): string {
  if (!isReadForCommands) return line;
  return line.replaceAll(
    COMMAND,
    (_, space?: string) => space === undefined ? "#\\#" : `${space}\\::`,
  );
}

/** What a program wrote for a terminal, without colours and the like. */
export function withoutSequences(text: string): string {
  return text.replaceAll(SEQUENCE, "");
}

/** Text of at most so many characters, with `…` where it was cut off. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  // Half a character is none.
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Something that fanfold says itself. */
export interface Notice {
  /** A sentence; where texts of others in it have several lines, so has it. */
  readonly text: string;
  /** What belongs to it, each in a line. */
  readonly below?: readonly string[];
}

/** Says something of fanfold's own; a promise is to be waited for before more is said. */
export type Tell = (text: string, below?: readonly string[]) => Promise<void> | undefined;

/** How much of the text of a notice is told, in characters and in lines: an error may have millions of them. */
const TEXT_LENGTH = 8000;
const TEXT_LINES = 100;

/**
 * A notice in lines without line ends. The first begins with fanfold's name; those below are indented, and what
 * follows the first line of the text is more so: nobody's text looks like a line of fanfold. A long text is cut off.
 *
 * @param lead What stands in front instead of its name.
 */
export function told({ text, below = [] }: Notice, lead = "fanfold: "): string[] {
  const lines = harmless(shortened(text, TEXT_LENGTH)).split("\n").map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const [first = "", ...more] = lines.length > TEXT_LINES
    ? [...lines.slice(0, TEXT_LINES - 1), "…"]
    : lines;
  return [
    `${lead}${first}`,
    ...more.map((line) => `    ${line}`),
    ...below.map((line) => `  ${oneLine(line)}`.trimEnd()),
  ].map(withoutCommands);
}

/** Says things by putting the text of each to where jobs write, too: in a line of its own. */
export function teller(
  put: (text: string) => Promise<void> | undefined,
  isLineOpen: () => boolean,
): Tell {
  return (text, below) => put(`${isLineOpen() ? "\n" : ""}${told({ text, below }).join("\n")}\n`);
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code > 0xffff) return `\\u{${hex}}`;
  return code > 0xff ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`;
}
