/**
 * The folder of a job in a folder of results: `NAME/VALUE/NAME/VALUE…`, as GNU parallel has it.
 *
 * @module
 */

/** How long a name may be on the usual file systems, in bytes. */
const MOST_BYTES = 255;

/** How many hexadecimal digits tell long names apart that begin the same. */
const DIGITS = 32;

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\0": "\\0",
  "/": "\\_",
};

/**
 * The path of a job's folder, with no slash at either end; empty for a job without values. Sources come in
 * the order of their names, by the number they begin with and then by text, as GNU parallel has it.
 *
 * @param names What the sources are called, where that is no number.
 * @param args The values of the job, one of each source.
 * @param width After how many values those of the first source begin again. @default all are of one input
 */
export function resultFolder(
  names: readonly string[],
  args: readonly string[],
  width: number = args.length,
): string {
  const parts: string[] = [];
  for (let first = 0; first < args.length; first += width) {
    const record = args.slice(first, first + width)
      .map((value, i) => ({ name: names[i] ?? `${i + 1}`, value }))
      .sort((a, b) => compareNames(a.name, b.name));
    for (const { name, value } of record) parts.push(folderName(name), folderName(value));
  }
  return parts.join("/");
}

/**
 * Any text as the name of a folder, another one for any other text, whatever it holds.
 *
 * A slash becomes `\_`, a backslash, a tab and a NUL `\\`, `\t` and `\0`, as in GNU parallel. Apart from it, so
 * that none leads elsewhere and no two share a folder: `.` becomes `\.`, `..` becomes `\..`, and empty text
 * `\e`; of one that is too long the end becomes `\~` and a digest.
 */
export function folderName(text: string): string {
  if (text === "") return "\\e";
  if (text === "." || text === "..") return `\\${text}`;
  const name = text.replaceAll(/[\\\t\0/]/g, (found) => ESCAPES[found] ?? found);
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= MOST_BYTES) return name;
  const { createHash } = process.getBuiltinModule("node:crypto");
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, DIGITS);
  const end = `\\~${digest}`;
  return cut(name, MOST_BYTES - end.length) + end;
}

/** The longest start of a text that has no more bytes, without half an escape at its end. */
function cut(name: string, most: number): string {
  let start = "";
  let size = 0;
  for (const [part] of name.matchAll(/\\.|[^]/gu)) {
    size += new TextEncoder().encode(part).length;
    if (size > most) break;
    start += part;
  }
  return start;
}

function compareNames(a: string, b: string): number {
  return numberAtStart(a) - numberAtStart(b) || (a < b ? -1 : Number(a > b));
}

/** The number that Perl sees in a text. */
function numberAtStart(text: string): number {
  if (/^\s*[+-]?inf/i.test(text)) return /^\s*-/.test(text) ? -Infinity : Infinity;
  return Number(/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i.exec(text)?.[0] ?? 0);
}
