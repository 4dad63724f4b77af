/**
 * The parts of a path that replacement strings name, cut as GNU parallel cuts them.
 *
 * Paths are text here: nothing is looked up, and the only separator is `/`.
 *
 * @module
 */

/** What stands behind the name in a replacement string; `""` for the whole. */
export type Operator = "" | "." | "/" | "//" | "/.";

/** The part of `path` that `operator` names. */
export function cutPath(path: string, operator: Operator): string {
  switch (operator) {
    case "":
      return path;
    case ".":
      return withoutExtension(path);
    case "/":
      return baseName(path);
    case "//":
      return folderName(path);
    case "/.":
      return withoutExtension(baseName(path));
  }
}

/** Up to the last dot of the last part: `""` for `.bashrc`, `dir.d/a` for itself. */
function withoutExtension(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") ? path.slice(0, dot) : path;
}

/** What follows the last slash: `""` for `dir/`. */
function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What POSIX `dirname` gives: `.` where there is no folder, `/` at the root. */
function folderName(path: string): string {
  const name = withoutSlashes(path);
  const slash = name.lastIndexOf("/");
  if (slash === -1) return name === "" && path !== "" ? "/" : ".";
  return withoutSlashes(name.slice(0, slash)) || "/";
}

function withoutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return path.slice(0, end);
}
