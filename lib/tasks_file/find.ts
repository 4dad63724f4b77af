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
    // Parents that may not be looked at have none; whoever may not look at the folder itself is told so.
    const found = await tasksFilesIn(folder, folder === resolve(from));
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

/**
 * Names of the files in a folder that may be its tasks file.
 *
 * @param isTold Whether it is a fault if nobody may look.
 * @throws {Fault} Of kind `tasks`, if so.
 */
export async function tasksFilesIn(folder: string, isTold = false): Promise<readonly string[]> {
  const isFile = async (name: string) => {
    try {
      return (await Deno.stat(join(folder, name))).isFile;
    } catch (cause) {
      if (!isTold || !(cause instanceof Deno.errors.NotCapable)) return false;
      throw new Fault("tasks", `Cannot look for a tasks file: ${cause.message}`, { cause });
    }
  };
  const there = await Promise.all(NAMES.map(isFile));
  return NAMES.filter((_, i) => there[i]);
}
