/**
 * Commands as a shell would read them.
 *
 * @module
 */

/**
 * Program and arguments as one line that a POSIX shell takes apart again into the same.
 *
 * What needs quotes has single ones, as GNU parallel writes it: `it's` is `'it'"'"'s'`.
 */
export function shellQuoted(argv: readonly string[]): string {
  return argv.map(quoted).join(" ");
}

function quoted(argument: string): string {
  if (argument === "") return "''";
  if (/^[-\w.+/]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", `'"'"'`)}'`.replace(/^''|''$/g, "");
}
