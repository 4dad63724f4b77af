/**
 * The run that a command is about.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { cannotRead, isOfDatabase } from "../../journal/database.ts";
import { KeptRun } from "../../journal/kept_run.ts";
import { journalPath, keptRuns } from "../../journal/runs_folder.ts";
import { shellWords } from "../shell_words.ts";
import type { Args } from "../request/args.ts";
import type { Io } from "../command.ts";
import { keptFolder, wordsToFind } from "./kept_folder.ts";
import { watchJournal } from "./watch_journal.ts";
import { namedRun } from "./named_run.ts";

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
  { watchdog }: Pick<Io, "watchdog">,
  act: (run: KeptRun) => Promise<number>,
): Promise<number> {
  const [name] = args.operands;
  const folder = await keptFolder(args, name);
  if (name === undefined) {
    const last = ["fanfold", command, "last", ...await wordsToFind(folder, Deno.cwd())];
    throw new Fault("usage", `Cannot run fanfold ${command}: no run`, {
      hint: keptRuns(folder).length > 0 ? `the latest is: ${shellWords(last)}` : undefined,
    });
  }
  const path = journalPath(folder, namedRun(folder, name, "find"));
  using _ = watchJournal(path, watchdog);
  await watchdog.listens;
  using run = await KeptRun.open(path);
  try {
    return await act(run);
  } catch (thrown) {
    throw isOfDatabase(run.database, thrown) ? cannotRead(path, thrown) : thrown;
  }
}
