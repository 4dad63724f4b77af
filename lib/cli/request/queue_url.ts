/**
 * The URL of a queue as it may be shown and kept.
 *
 * @module
 */

/** A URL without user, password and parameters; `URL` in the place of what is none. */
export function plainUrl(url: string): string {
  const [, scheme, place] = /^([a-z][a-z0-9+.-]*:\/\/)(?:.*@)?([^?#]*)/is.exec(url) ?? [];
  return scheme === undefined ? "URL" : `${scheme}${place}`;
}

/**
 * Arguments with plain URLs behind `--on`.
 *
 * @param end From where on they are not ours. @default all are ours
 */
export function withPlainUrl(
  argv: readonly string[],
  end: number = argv.length,
): readonly string[] {
  return argv.map((arg, i) => {
    if (i >= end) return arg;
    if (argv[i - 1] === "--on") return plainUrl(arg);
    return arg.startsWith("--on=") ? `--on=${plainUrl(arg.slice("--on=".length))}` : arg;
  });
}
