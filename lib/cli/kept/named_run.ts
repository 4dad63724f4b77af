/**
 * Runs that are kept, as command lines name them.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { cannotRead, isOfDatabase } from "../../journal/database.ts";
import type { KeptRun } from "../../journal/kept_run.ts";
import { journalPath, keptRuns } from "../../journal/runs_folder.ts";
import { nearest } from "../../text/nearest.ts";
import type { Args } from "../request/args.ts";
import type { Watchdog } from "../../watchdog/watchdog.ts";
import type { Io } from "../command.ts";
import { shellWords } from "../shell_words.ts";
import { keptFolder, wordsToFind } from "./kept_folder.ts";

export interface RunNamed {
  /** Its id, the start of it, or `last`. */
  readonly named: string;
  readonly stateDir?: string;
}

/** Reads which job a command is about. @throws {Fault} Of kind `usage`, if it is not one. */
export function readJob(
  { operands, options }: Args,
  command: string,
): RunNamed & { readonly task: string; readonly position: string } {
  const [named, task, position, more] = operands;
  if (named === undefined || task === undefined || position === undefined || more !== undefined) {
    const found = operands.length === 0 ? "nothing" : `"${operands.join(" ")}"`;
    throw new Fault("usage", `Cannot run fanfold ${command}: found ${found}, wanted RUN TASK JOB`);
  }
  return { named, stateDir: options["state-dir"], task, position };
}

/** A journal that is smaller is read in a fraction of a second. */
const LONG_BYTES = 16 * 2 ** 20;

/** How many runs are named of those that a text may mean. */
const NAMED = 3;

/**
 * The id of the run that is named by its id, by the start of it that no other has, or as `last`.
 *
 * @param folder Where runs are kept.
 * @param action What is to be done with it, for the message.
 * @throws {Fault} Of kind `usage`, if there is no such run, or there are several.
 */
export function namedRun(folder: string, named: string, action: string): string {
  const runs = keptRuns(folder);
  if (runs.includes(named)) return named;
  const isStart = (id: string) => named !== "" && id.startsWith(named);
  const found = named === "last" ? runs.slice(0, 1) : runs.filter(isStart);
  const [runId, ...others] = found;
  if (runId !== undefined && others.length === 0) return runId;
  const cannot = `Cannot ${action} run "${named}"`;
  if (runId !== undefined) {
    const some = found.slice(0, NAMED).map((id) => `"${id}"`).join(", ");
    const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : "";
    throw new Fault("usage", `${cannot}: found ${found.length} that begin so, wanted one`, {
      hint: `they are ${some}${more}`,
    });
  }
  throw new Fault("usage", `${cannot}: there is no such run in "${folder}"`, {
    hint: hintFor(named, runs),
  });
}

function hintFor(named: string, runs: readonly string[]): string {
  const [latest] = runs;
  if (latest === undefined) return "no run is kept there; --state-dir names another folder";
  // Whoever wrote the start of an id meant the start of one.
  const starts = new Map(runs.map((id) => [id.slice(0, named.length), id]));
  const near = named === ""
    ? undefined
    : nearest(named, runs) ?? starts.get(nearest(named, starts.keys()) ?? "");
  return near === undefined ? `the latest is "${latest}"` : `did you mean "${near}"?`;
}

/**
 * Does something with the run that is named: by its id, by what only its id starts with, or as `last`.
 *
 * @param command Who asks, for messages.
 * @throws {Fault} Of kind `usage`, if none is named, or none of that name is there, or several; of kind `journal`, if
 * it cannot be read.
 */
export async function withRun(
  { named, stateDir }: Partial<RunNamed>,
  command: string,
  { watchdog }: Pick<Io, "watchdog">,
  act: (run: KeptRun) => Promise<number>,
): Promise<number> {
  const folder = await keptFolder(stateDir, named);
  if (named === undefined) {
    const last = ["fanfold", command, "last", ...await wordsToFind(folder, Deno.cwd())];
    throw new Fault("usage", `Cannot run fanfold ${command}: no run`, {
      hint: keptRuns(folder).length > 0 ? `the latest is: ${shellWords(last)}` : undefined,
    });
  }
  const path = journalPath(folder, namedRun(folder, named, "find"));
  using _ = watchJournal(path, watchdog);
  await watchdog.listens;
  const { KeptRun } = await import("../../journal/kept_run.ts");
  using run = await KeptRun.open(path);
  try {
    return await act(run);
  } catch (thrown) {
    throw isOfDatabase(run.database, thrown) ? cannotRead(path, thrown) : thrown;
  }
}

/** Has the main thread watched over while it reads a journal, if that may take a while. */
export function watchJournal(
  path: string,
  watchdog: Pick<Watchdog, "watch">,
): Disposable | undefined {
  try {
    return Deno.statSync(path).size < LONG_BYTES ? undefined : watchdog.watch("a long journal");
  } catch {
    return undefined; // Who opens it says what is wrong.
  }
}
