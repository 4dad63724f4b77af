/**
 * Paths of a task as they travel: relative to the folder of its tasks file.
 *
 * @module
 */

import { relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Action, FunctionRef } from "../../../job.ts";
import { isWithin } from "../../../text/file_path.ts";

/** A path as it is sent: `.` or `./data` if it lies in the folder, and absolute if not. */
export function sentPath(path: string, folder: string): string {
  if (!isWithin(path, folder)) return path;
  const near = relative(folder, path);
  return near === "" ? "." : `./${near}`;
}

/** An action as it is sent: local modules relative to the folder, with `..` where they lie elsewhere. */
export function sentAction(action: Action, folder: string): Action {
  return withModules(action, (module) => {
    if (!module.startsWith("file:")) return module;
    const near = relative(folder, fileURLToPath(module)).split("/").map(escaped).join("/");
    const { search, hash } = new URL(module);
    return `${near.startsWith("../") ? "" : "./"}${near}${search}${hash}`;
  });
}

/** The other way round: an action with the URLs of its modules, where they would be in this folder. */
export function placedAction(action: Action, folder: string): Action {
  return withModules(action, (module) => isLocal(module) ? placedModule(module, folder) : module);
}

/** The URL of a local module, where it would be in this folder. */
export function placedModule(module: string, folder: string): string {
  return new URL(module, `${pathToFileURL(folder).href.replace(/\/$/, "")}/`).href;
}

/** Whether a module that was sent is a path. */
export function isLocal(module: string): boolean {
  return /^\.{1,2}\//.test(module);
}

/** An action with other modules in the place of each. */
export function withModules(action: Action, moduleFor: (module: string) => string): Action {
  if (action.kind !== "function") return action;
  const placed = ({ module, path }: FunctionRef) => ({ module: moduleFor(module), path });
  const { kind, run, init, spread } = action;
  return { kind, run: placed(run), ...init && { init: placed(init) }, spread };
}

/**
 * Where a file lies in a folder, as `lib/numbers.ts`; nothing if it does not.
 *
 * @param url Its URL, of which a query and a fragment do not count.
 */
export function placeIn(folder: string, url: string): string | undefined {
  try {
    const path = fileURLToPath(url.replace(/[?#][^]*$/, ""));
    return isWithin(path, folder) ? relative(folder, path) : undefined;
  } catch {
    return undefined; // It is of no file, or stands for none.
  }
}

/** The deepest folder that all of these files are in, of which there is at least one. */
export function folderOfAll(paths: readonly string[]): string {
  let folder = resolve(paths[0] ?? "/", "..");
  while (!paths.every((path) => isWithin(path, folder))) folder = resolve(folder, "..");
  return folder;
}

/** What would end a path in a URL, or be taken for something else there. */
function escaped(name: string): string {
  return name.replace(/[%?#\\\s]/g, encodeURIComponent);
}
