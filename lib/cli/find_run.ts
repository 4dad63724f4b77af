/**
 * The run that a command is about.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { Fault } from "../fault.ts";
import { isOfSqlite, KeptRun, unreadable } from "../journal/kept_run.ts";
import { journalPath, keptRuns, runsFolder } from "../journal/state.ts";
import { didYouMean } from "../nearest.ts";
import { findTasksFile } from "../tasks_file/find.ts";
import type { Args } from "./args.ts";

/** How many runs a hint names. */
const NAMED = 5;

/**
 * The folder where the runs of this folder are kept: where it has none and nobody names another, that beside the
 * tasks file, for a run works where its tasks file was found.
 */
export async function keptFolder({ options }: Pick<Args, "options">): Promise<string> {
  const named = options["state-dir"];
  const folder = runsFolder(named);
  if (named !== undefined || Deno.env.get("FANFOLD_STATE") || isFolder(folder)) return folder;
  const file = await findTasksFile(Deno.cwd()).catch(() => undefined);
  return file === undefined ? folder : join(dirname(file), folder);
}

/**
 * Does something with the run that is named: by its id, by what only its id starts with, or as `last`.
 *
 * @param command Who asks, for messages.
 * @throws {Fault} Of kind `usage`, if none is named; of kind `journal`, if there is no such run, or several, or it
 * cannot be read.
 */
export async function withRun(
  args: Args,
  command: string,
  act: (run: KeptRun) => Promise<number>,
): Promise<number> {
  const [name] = args.operands;
  if (name === undefined) {
    throw new Fault("usage", `Cannot run fanfold ${command}: no run`, {
      hint: `the latest is: fanfold ${command} last`,
    });
  }
  const folder = await keptFolder(args);
  const path = journalPath(folder, idOf(name, folder));
  using run = await KeptRun.open(path);
  try {
    return await act(run);
  } catch (thrown) {
    throw isOfSqlite(thrown) ? unreadable(path, thrown) : thrown;
  }
}

function idOf(name: string, folder: string): string {
  const ids = keptRuns(folder);
  const found = name === "last" ? ids.slice(0, 1) : ids.filter((id) => id.startsWith(name));
  if (found.length === 1 || ids.includes(name)) return found.length === 1 ? found[0]! : name;
  const what = `Cannot find run "${name}"`;
  if (ids.length === 0) {
    throw new Fault("journal", `${what}: no run is kept in "${folder}"`, {
      hint: "fanfold run keeps each of its runs; another folder is named by --state-dir",
    });
  }
  if (found.length > 1) {
    throw new Fault("journal", `${what}: the ids of ${found.length} runs start so`, {
      hint: `they are ${listed(found)}`,
    });
  }
  throw new Fault("journal", `${what}: no run in "${folder}" has an id that starts so`, {
    hint: didYouMean(name, ids) ?? `the latest are ${listed(ids)}`,
  });
}

function listed(ids: readonly string[]): string {
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : "";
  return `${ids.slice(0, NAMED).join(", ")}${more}`;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
