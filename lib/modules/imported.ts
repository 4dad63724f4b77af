/**
 * Modules of the user, and why one cannot be imported.
 *
 * @module
 */

import { toErrorRecord } from "../errors/error_record.ts";
import { type FaultKind, isError } from "../fault.ts";
import { type AnyFunction, functionIn } from "./function_ref.ts";
import type { ErrorRecord, FunctionRef } from "../job.ts";
import { faultOf, fileOf, near, type Place, placeOf } from "../errors/reason.ts";

/**
 * Loads the module of a function and gives the function.
 *
 * @param what The action that fails without it: `Cannot fold the values of task "a"`.
 * @throws {Fault} If that cannot be.
 */
export async function loadFor(
  kind: FaultKind,
  what: string,
  ref: FunctionRef,
): Promise<AnyFunction> {
  let exports: unknown;
  try {
    exports = await import(ref.module);
  } catch (cause) {
    const error = toErrorRecord(cause);
    const at = await importPlace(error, ref.module);
    throw faultOf(kind, `${what}: ${importing(ref.module)}`, error, { at, cause });
  }
  try {
    return functionIn(exports, ref);
  } catch (cause) {
    throw faultOf(kind, what, toErrorRecord(cause), { cause });
  }
}

/** What has failed, where that is the import of a module. */
export function importing(module: string): string {
  return `importing ${near(module)} failed`;
}

/**
 * The place of an error that importing a module has thrown. Of data that is no JSON nobody says which file that is: it
 * is looked for among those that the module imports.
 *
 * @param module Its URL.
 */
export async function importPlace(error: ErrorRecord, module: string): Promise<Place | undefined> {
  const place = placeOf(error);
  if (place || error.name !== "SyntaxError" || !/\bJSON\b/.test(error.message)) return place;
  const { localModules } = await import("./local_imports.ts");
  for (const url of localModules(module).keys()) {
    const mistake = url.endsWith(".json") ? mistakeIn(new URL(url)) : undefined;
    if (mistake !== error.message) continue;
    const [, at = "0"] = /at position (\d+)/.exec(mistake) ?? [];
    const [, line = "1", column = Number(at) + 1] = /\(line (\d+) column (\d+)\)$/.exec(mistake) ??
      [];
    return { file: fileOf(url), line: Number(line), column: Number(column) };
  }
  return undefined;
}

function mistakeIn(file: URL): string | undefined {
  try {
    JSON.parse(Deno.readTextFileSync(file));
  } catch (mistake) {
    return isError(mistake) ? mistake.message : undefined;
  }
  return undefined;
}
