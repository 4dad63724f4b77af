/**
 * Paths of files.
 *
 * @module
 */

/** Whether an absolute path is in a folder, or is it; neither ends in a slash, but for the root. */
export function isWithin(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

/** The path of a file, by its URL; nothing where that is of something else, or stands for no path. */
export function pathOf(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  try {
    return process.getBuiltinModule("node:url").fileURLToPath(url);
  } catch {
    return undefined; // It is one of another system, for example.
  }
}
