/**
 * Paths of files.
 *
 * @module
 */

/** The path of a file, by its URL; nothing where that is of something else, or stands for no path. */
export function pathOf(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  try {
    return process.getBuiltinModule("node:url").fileURLToPath(url);
  } catch {
    return undefined; // It is one of another system, for example.
  }
}
