/**
 * Whether a module can start processes, by what it imports.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** What starts a process: only a module that holds this can. */
const STARTS = /new Deno\.Command\(|from "node:child_process"/;

/**
 * Whether a module starts processes, or one that it imports, at once or later. What is imported for its types does not
 * count.
 */
export function startsProcesses(path: string): boolean {
  const seen = new Set<string>();
  const visit = (path: string): boolean => {
    if (seen.has(path)) return false;
    seen.add(path);
    const code = Deno.readTextFileSync(path).replaceAll(/^\s*(\*|\/\*\*|\/\/).*$/gm, "")
      .replaceAll(/^(?:import|export) type [^;]*;/gm, "");
    return STARTS.test(code) || importsIn(code, path).some(visit);
  };
  return visit(path);
}

/** Paths of the modules that code imports. */
function importsIn(code: string, path: string): readonly string[] {
  return [...code.matchAll(/(?:^import |\bfrom |\bimport\(\s*)"(\.[^"]+\.ts|fanfold)"/gm)].map((
    [, name = ""],
  ) =>
    fileURLToPath(
      name === "fanfold"
        ? new URL("../../lib/mod.ts", import.meta.url)
        : new URL(name, `file://${path}`),
    )
  );
}
