/**
 * Where runs are kept, and how a command line names that place.
 *
 * @module
 */

import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { keptRuns, runsFolder } from "../../journal/runs_folder.ts";
import { findTasksFile } from "../../tasks_file/find.ts";

/** Where runs are kept if nobody says otherwise, seen from the folder that they work in. */
const USUAL = runsFolder(".fanfold");

/**
 * The folder where the runs of the current folder are kept: one in it, or else beside the tasks file, for a run works
 * where its tasks file was found; the other one if only that has the run that is named.
 *
 * @param stateDir The folder that was named, if one was.
 * @param named The id of a run, or the start of it.
 */
export async function keptFolder(stateDir: string | undefined, named?: string): Promise<string> {
  const folder = runsFolder(stateDir);
  return stateDir === undefined ? await foundFrom(Deno.cwd(), folder, named) : folder;
}

/**
 * The folder in which a run is to be kept.
 *
 * @param stateDir The folder that was named, if one was.
 * @param here The folder that the program was called in, from which its path counts.
 */
export function keepingFolder(stateDir: string | undefined, here: string): string {
  const isMoved = stateDir !== undefined && here !== Deno.cwd();
  return runsFolder(isMoved ? resolve(here, stateDir) : stateDir);
}

/** The words with which a command that is called in `here` finds a run; none if it does so anyway. */
export async function wordsToFind(
  runs: string,
  here: string,
  named?: string,
): Promise<readonly string[]> {
  return wordsFor(runs, here, resolve(here, await foundFrom(here, USUAL, named)));
}

/** The words with which a command that works in `folder` keeps runs in another; none if it does so anyway. */
export function wordsToKeep(runs: string, folder: string): readonly string[] {
  return wordsFor(runs, folder, resolve(folder, USUAL));
}

/** A path as it is written in a folder: from there on, if it is below. */
export function nearPath(path: string, folder: string): string {
  const near = relative(folder, path);
  const isBelow = near !== "" && !isAbsolute(near) && !/^\.\.(\/|$)/.test(near);
  return isBelow ? near.replace(/^-/, "./-") : path;
}

/** The variable need not be there any more where the words are typed. */
function wordsFor(runs: string, folder: string, usual: string): readonly string[] {
  if (resolve(runs) === usual && !Deno.env.get("FANFOLD_STATE")) return [];
  return ["--state-dir", nearPath(dirname(resolve(runs)), folder)];
}

async function foundFrom(here: string, folder: string, named?: string): Promise<string> {
  if (isAbsolute(folder)) return folder;
  const inHere = resolve(here, folder);
  const isNamedIn = (runs: string) =>
    named === undefined || keptRuns(runs).some((id) => id.startsWith(named));
  const isHere = isFolder(inHere);
  if (isHere && isNamedIn(inHere)) return folder;
  const file = await findTasksFile(here).catch(() => undefined);
  const beside = file === undefined ? folder : join(dirname(file), folder);
  return isHere && !isNamedIn(beside) ? folder : beside;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
