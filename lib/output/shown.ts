/**
 * Foreign text made fit to be shown in a terminal.
 *
 * @module
 */

/**
 * Text that leaves the terminal as it is: sequences that colour or move the cursor are left out, every
 * other control character but tab and line feed is written as `\x07`, and so are characters that turn the
 * direction of text.
 */
export function harmless(text: string): string {
  const { stripVTControlCharacters } = process.getBuiltinModule("node:util");
  return stripVTControlCharacters(text).replaceAll("\r\n", "\n").replaceAll(CONTROL, escaped);
}

/** Text of at most so many characters, with `…` where it was cut off. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  // Half a character is none.
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

const CONTROL = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

function escaped(character: string): string {
  const hex = character.charCodeAt(0).toString(16);
  return hex.length > 2 ? `\\u${hex}` : `\\x${hex.padStart(2, "0")}`;
}
