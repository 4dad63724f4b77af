/**
 * The run that a command is about.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { Fault } from "../fault.ts";
import { isOfDatabase, unreadable } from "../journal/damage.ts";
import { KeptRun } from "../journal/kept_run.ts";
import { journalPath, runsFolder } from "../journal/state.ts";
import { findTasksFile } from "../tasks_file/find.ts";
import type { Args } from "./args.ts";
import type { Surroundings } from "./command.ts";
import { watchJournal } from "./watch_journal.ts";
import { namedRun } from "./named_run.ts";

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
 * @throws {Fault} Of kind `usage`, if none is named, or none of that name is there, or several; of kind `journal`, if
 * it cannot be read.
 */
export async function withRun(
  args: Args,
  command: string,
  { watchdog }: Pick<Surroundings, "watchdog">,
  act: (run: KeptRun) => Promise<number>,
): Promise<number> {
  const [name] = args.operands;
  if (name === undefined) {
    throw new Fault("usage", `Cannot run fanfold ${command}: no run`, {
      hint: `the latest is: fanfold ${command} last`,
    });
  }
  const folder = await keptFolder(args);
  const path = journalPath(folder, namedRun(folder, name, "find"));
  using _ = watchJournal(path, watchdog);
  using run = await KeptRun.open(path);
  try {
    return await act(run);
  } catch (thrown) {
    throw isOfDatabase(run.database, thrown) ? unreadable(path, thrown) : thrown;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
