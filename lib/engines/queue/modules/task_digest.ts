/**
 * What a task does and where it is placed, as one digest.
 *
 * @module
 */

import { sha256 } from "../../../text/digest.ts";
import type { SentTask } from "../messages.ts";
import { isLocal, placedModule, placeIn, withModules } from "./sent_paths.ts";

/**
 * SHA-256, in hex, of the action, the local files and the rules that say where all of that runs. Where the files lie does
 * not count: modules are told from the root of all files, and not from the folder of the tasks file.
 *
 * @throws {TypeError} If a module lies elsewhere.
 */
export function taskDigest(
  { action, folder, files, rules }: Pick<SentTask, "action" | "folder" | "files" | "rules">,
): string {
  const { isolation, env, cwd = null, permissions = null } = rules;
  const variables = Object.entries(env).sort(([a], [b]) => a < b ? -1 : Number(a > b));
  const own = withModules(action, (module) => {
    if (!files || !isLocal(module)) return module;
    const { place, more } = placeOf(module, folder, files.root);
    return JSON.stringify([place, more]);
  });
  return sha256(JSON.stringify([
    "fanfold task 1",
    sorted(own),
    files?.digest ?? null,
    [isolation, variables, cwd, permissions && sorted(permissions)],
  ]));
}

/**
 * Where the file of a local module lies, from the root of all files, as `lib/numbers.ts`; and its query and fragment.
 *
 * @throws {TypeError} If it lies elsewhere.
 */
export function placeOf(
  module: string,
  folder: string,
  root: string,
): { readonly place: string; readonly more: string } {
  const url = placedModule(module, folder);
  const place = placeIn(root, url);
  if (place === undefined) {
    throw new TypeError(`module ${JSON.stringify(module)} is none of its files`);
  }
  const { search, hash } = new URL(url);
  return { place, more: search + hash };
}

/** Plain data with keys in one order, whoever has made it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.sort(([a], [b]) => a < b ? -1 : Number(a > b))
    .map(([key, each]) => [key, sorted(each)]);
}
