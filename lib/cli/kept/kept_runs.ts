/**
 * Runs that are kept: one that is named, and all in short.
 *
 * @module
 */

import { Fault, messageOf, type Mistake } from "../../fault.ts";
import { cannotRead, isOfDatabase } from "../../journal/database.ts";
import type { RunRecord } from "../../journal/journal.ts";
import { exists, filesOfRun, journalPath, keptRuns } from "../../journal/runs_folder.ts";
import { KeptRun, type RunState, type UnderWay } from "../../journal/kept_run.ts";
import { isRunId } from "../../run_id.ts";
import type { Io } from "../command.ts";
import { shellWords } from "../shell_words.ts";
import { keptFolder, wordsToFind } from "./kept_folder.ts";
import { namedRun, type RunNamed, watchJournal } from "./named_run.ts";

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
  using run = await KeptRun.open(path);
  try {
    return await act(run);
  } catch (thrown) {
    throw isOfDatabase(run.database, thrown) ? cannotRead(path, thrown) : thrown;
  }
}

/** A run in short. */
export interface KeptRunInfo {
  readonly id: string;
  /** The room that it takes on disk. */
  readonly bytes: number;
  /** When it was written last, in ms since the epoch. */
  readonly writtenAt: number;
  /** What its journal says; or why that cannot be read. */
  readonly told: RunInfo | NoInfo;
}

/** Why a journal cannot be read. */
export interface NoInfo {
  readonly fault: string;
  /** What is wrong with it, unless it is just no journal. */
  readonly mistake?: Mistake;
}

/** What the journal of a run says in short. */
export interface RunInfo {
  readonly record: RunRecord;
  readonly state: RunState;
  readonly underWay?: UnderWay;
  readonly startedAt?: number;
  /** Names of its tasks, in their order. */
  readonly tasks: readonly string[];
  readonly done: number;
  readonly notWell: number;
}

/** The runs in a folder, the latest first; one after the other is looked at. */
export async function* keptRunInfos(folder: string): AsyncGenerator<KeptRunInfo> {
  for (const id of keptRuns(folder)) {
    const path = journalPath(folder, id);
    const files = filesOfRun(path);
    // It may have been removed just now.
    if (files.length === 0) continue;
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const writtenAt = Math.max(...files.map(({ mtime }) => mtime?.getTime() ?? 0));
    yield { id, bytes, writtenAt, told: await infoOf(id, path) };
  }
}

async function infoOf(id: string, path: string): Promise<KeptRunInfo["told"]> {
  try {
    using run = await KeptRun.open(path);
    const { record, state, underWay, times: { startedAt }, counts } = run;
    const tasks = run.tasks.map(({ name }) => name);
    return { record, state, underWay, startedAt, tasks, ...counts };
  } catch (thrown) {
    const fault = messageOf(thrown);
    const isOurs = isRunId(id) && !await KeptRun.isUnborn(path);
    return isOurs && thrown instanceof Fault ? { fault, mistake: thrown.mistakes[0] } : { fault };
  }
}

/**
 * That some of these runs cannot be read.
 *
 * @throws {Fault} Of kind `journal`, if so, and they are still there.
 */
export function throwUnreadable(folder: string, runs: readonly KeptRunInfo[]): void {
  const [first, ...others] = runs.flatMap(({ id, told }) =>
    "mistake" in told && told.mistake && exists(journalPath(folder, id)) ? [told.mistake] : []
  );
  if (first) throw Fault.of("journal", [first, ...others]);
}
