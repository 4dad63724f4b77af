/**
 * What a run keeps, and what it takes over from one before.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { newRunId } from "../assemble.ts";
import { Fault } from "../fault.ts";
import type { Task } from "../job.ts";
import { dependsOnIndex, fingerprintOf } from "../journal/fingerprint.ts";
import { nothingKnown } from "../journal/local_imports.ts";
import type { Session, SessionOptions, TaskRecord } from "../journal/session.ts";
import { journalPath, keptRuns, makeRunsFolder, runsFolder } from "../journal/state.ts";
import type { Args } from "./args.ts";
import type { OptionName } from "./options.ts";

/** The options about journals. */
export const JOURNAL_OPTIONS: readonly OptionName[] = ["resume", "resume-failed", "state-dir"];

/** What a command wants to keep. */
export interface JournalWish {
  /** The folder of journals. */
  readonly folder: string;
  /** What it is a run of. */
  readonly origin: string;
  /** The folder that paths in fingerprints start from. */
  readonly home: string;
  /** The command line. */
  readonly argv: readonly string[];
  /** Which run it goes on with: the one that is named, or the latest of the same that can go on. */
  readonly resume?: { readonly runId?: string; readonly repeatsFailed: boolean };
}

/**
 * What the options ask for; nothing if no journal is to be kept.
 *
 * @param isAsked Whether a journal is kept only if one of these options is given.
 * @throws {Fault} Of kind `usage`, if they contradict each other.
 */
export function journalWish(
  { options }: Pick<Args, "options">,
  { origin, home, argv, isAsked }: Omit<JournalWish, "folder" | "resume"> & { isAsked: boolean },
): JournalWish | undefined {
  const { resume, "resume-failed": failed } = options;
  const isResumed = resume !== undefined || failed !== undefined;
  if (isResumed && options["no-journal"] !== undefined) {
    const found = resume === undefined ? "--resume-failed" : "--resume";
    throw new Fault("usage", `Cannot combine ${found} and --no-journal`);
  }
  if (options["no-journal"] !== undefined || (isAsked && !isResumed)) return undefined;
  const folder = runsFolder(options["state-dir"]);
  const runId = failed || resume || undefined;
  const repeatsFailed = failed !== undefined;
  return {
    folder,
    origin,
    home,
    argv,
    ...(isResumed ? { resume: { runId, repeatsFailed } } : {}),
  };
}

/** A session of a run, and what the run is called. */
export interface OpenSession {
  readonly runId: string;
  readonly session: Session;
}

/**
 * Begins a run, or goes on with one.
 *
 * @throws {Fault} Of kind `journal`, if there is no such run, or it cannot be read or written; `usage` if it is one
 * of other tasks.
 */
export async function openSession(
  wish: JournalWish,
  tasks: readonly Task[],
  onFailure: (fault: unknown) => void,
): Promise<OpenSession> {
  const { Session } = await import("../journal/session.ts");
  const { folder, origin, home, argv, resume } = wish;
  const repeatsFailed = resume?.repeatsFailed ?? false;
  const options: SessionOptions = { tasks: recordsOf(tasks, home), repeatsFailed, onFailure };
  const runId = resume && (resume.runId ?? await latestOf(wish));
  if (runId !== undefined) {
    const path = journalPath(folder, runId);
    return { runId, session: await Session.resume(path, options) };
  }
  const run = { id: newRunId(), version: config.version, folder: Deno.cwd(), origin };
  makeRunsFolder(folder);
  const path = journalPath(folder, run.id);
  const session = await Session.begin(path, { ...run, argv: JSON.stringify(argv) }, options);
  return { runId: run.id, session };
}

/** The latest run of the same that can go on; nothing if there is none. */
async function latestOf({ folder, origin, resume }: JournalWish): Promise<string | undefined> {
  const { KeptRun } = await import("../journal/kept_run.ts");
  for (const runId of keptRuns(folder)) {
    using run = await KeptRun.open(journalPath(folder, runId)).catch(() => undefined);
    if (run?.record.origin !== origin) continue;
    const canGoOn = run.state !== "ended" ||
      (resume?.repeatsFailed === true && run.counts.notWell > 0);
    return canGoOn ? runId : undefined;
  }
  return undefined;
}

function recordsOf(tasks: readonly Task[], home: string): TaskRecord[] {
  const known = nothingKnown();
  return tasks.map((task) => {
    const { digest, ...parts } = fingerprintOf(task, { folder: home, known });
    const fingerprint = JSON.stringify({ digest, ...parts });
    return { name: task.name, digest, fingerprint, dependsOnIndex: dependsOnIndex(task) };
  });
}
