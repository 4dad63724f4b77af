/**
 * The tasks file that a folder works with.
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { Fault } from "../fault.ts";

const NAMES = ["ts", "yaml", "yml", "json", "jsonc", "toml"].map((end) => `fanfold.${end}`);

/**
 * Absolute path of `fanfold.{ts,yaml,yml,json,jsonc,toml}` in the folder, or in the nearest parent that has one.
 *
 * @returns `undefined` if neither the folder nor any parent has one.
 * @throws {Fault} Of kind `tasks`, if one folder has several: which is meant is not guessed.
 */
export async function findTasksFile(from: string): Promise<string | undefined> {
  for (let folder = resolve(from);; folder = dirname(folder)) {
    const found = await tasksFilesIn(folder);
    if (found.length > 1) {
      const names = found.map((name) => `"${name}"`).join(" and ");
      throw new Fault("tasks", `Cannot find the tasks file: ${names} are in one folder`, {
        at: { file: folder },
        hint: "keep one of them, or name the one you mean with -f",
      });
    }
    if (found[0] !== undefined) return join(folder, found[0]);
    if (dirname(folder) === folder) return undefined;
  }
}

/** Names of the files in a folder that may be its tasks file. */
export async function tasksFilesIn(folder: string): Promise<readonly string[]> {
  const isFile = (name: string) =>
    Deno.stat(join(folder, name)).then((info) => info.isFile, () => false);
  const there = await Promise.all(NAMES.map(isFile));
  return NAMES.filter((_, i) => there[i]);
}
