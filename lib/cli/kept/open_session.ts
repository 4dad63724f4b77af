/**
 * The journal of a run, opened for a session.
 *
 * @module
 */

import config from "../../../deno.json" with { type: "json" };
import { Fault, type Mistake } from "../../fault.ts";
import { countOf, filesOfInputs, readsOf } from "../../inputs/facts.ts";
import type { Task } from "../../job.ts";
import { dependsOnIndex, fingerprintOf } from "../../modules/fingerprint.ts";
import { nothingKnown } from "../../modules/local_imports.ts";
import {
  type Before,
  Session,
  type SessionOptions,
  type TaskRecord,
} from "../../journal/session.ts";
import {
  claimRun,
  isHeld,
  journalPath,
  keptRuns,
  makeRunsFolder,
} from "../../journal/runs_folder.ts";
import { shortened } from "../../text/shown.ts";
import { jobCountText } from "../../text/amounts.ts";
import { isRunId, newRunId } from "../../run_id.ts";
import { namedRun, watchJournal } from "./named_run.ts";
import type { Watchdog } from "../../watchdog/watchdog.ts";
import { type JournalRequest, originIn, originText } from "../request/journal_request.ts";
import { linesAbout } from "./run_lines.ts";
import { SessionObserver } from "./session_observer.ts";
import { shellWords } from "../shell_words.ts";

/** How much of the command line of another run is shown, in characters. */
const LINE_LENGTH = 200;

/**
 * Begins a run, or goes on with one.
 *
 * @param onFailure Told of the first write that fails.
 * @throws {Fault} Of kind `journal`, if there is no such run, or it cannot be read or written; `usage` if it is one
 * of other tasks.
 */
export async function openSession(
  request: JournalRequest,
  tasks: readonly Task[],
  watchdog: Watchdog,
  onFailure: (fault: unknown) => void,
): Promise<SessionObserver> {
  const { folder, origin, home, here, argv, resume } = request;
  const repeatsFailed = resume?.repeatsFailed ?? false;
  const options: SessionOptions = { tasks: recordsOf(tasks, home), repeatsFailed, onFailure };
  const named = resume && await namedOf(request);
  const latest: Latest = resume && named === undefined ? await latestOf(request) : {};
  const known = named ?? latest.open;
  if (known) {
    const path = journalPath(folder, known.id);
    using _ = watchJournal(path, watchdog);
    await watchdog.listens;
    const session = await Session.resume(path, options)
      .catch((thrown) => refuse(thrown, path, request, named !== undefined));
    return new SessionObserver({
      ...{ request, tasks, session, ...known },
      runId: `${known.id}.${session.number}`,
      lines: await linesAbout(known.id, folder, here),
      note: goesOnText(known.id, session.before, options),
    });
  }
  makeRunsFolder(folder);
  const id = claimRun(folder, (kept) => newRunId(kept.find(isRunId)));
  const run = { id, version: config.version, folder: Deno.cwd() };
  const texts = { origin: originText(origin), argv: JSON.stringify(argv) };
  const path = journalPath(folder, id);
  const session = await Session.begin(path, { ...run, ...texts }, options);
  return new SessionObserver({
    ...{ request, tasks, session, id, runId: id, argv },
    lines: await linesAbout(id, folder, here),
    note: latest.failed && anewText(latest.failed),
  });
}

interface KnownRun {
  readonly id: string;
  /** Its own command line; nothing if its journal cannot be read. */
  readonly argv?: readonly string[];
}

/** What is taken over of a run that is gone on with, and what is not. */
function goesOnText(
  runId: string,
  { jobs, notWell, changed }: Before,
  { tasks, repeatsFailed }: SessionOptions,
): string {
  const counts = tasks.flatMap(({ count }) => count ?? []);
  const inputs = counts.reduce((sum, count) => sum + count, 0);
  const inAll = counts.length === tasks.length ? inputs : undefined;
  const again = repeatsFailed ? `, which ${notWell === 1 ? "is" : "are"} done again` : "";
  const which = jobs === 1 ? "" : `${notWell} of them `;
  const failed = notWell > 0 ? `, ${which}not well${again}` : "";
  const had = `${jobCountText(jobs, inAll)} had ended${failed}`;
  const names = changed.map((name) => `"${name}"`).join(", ");
  const anew = changed.length === 0
    ? ""
    : changed.length === 1
    ? `; task ${names} does something else now, and is done anew`
    : `; tasks ${names} do something else now, and are done anew`;
  return `goes on with run ${runId}: ${had}${anew}`;
}

/**
 * That a run cannot be gone on with, and how far it is if it is under way.
 *
 * @throws {Fault} Always.
 */
async function refuse(
  thrown: unknown,
  path: string,
  { folder, here }: JournalRequest,
  isNamed: boolean,
): Promise<never> {
  if (!(thrown instanceof Fault) || !isHeld(path)) throw thrown;
  const { KeptRun } = await import("../../journal/kept_run.ts");
  using run = await KeptRun.open(path).catch(() => undefined);
  const { underWay, record } = run ?? {};
  if (!run || !record || !underWay) throw thrown;
  const { stateText } = await import("./run_summary.ts");
  const { runStatistics } = await import("../../journal/run_statistics.ts");
  const far = stateText(run, runStatistics(run, { slowest: 0 }));
  const lines = await linesAbout(record.id, folder, here);
  const { holder } = underWay;
  const who = holder ? `process ${holder.pid} is at it` : "another fanfold is at it";
  const anew = isNamed ? "" : ", and without --resume a run begins anew";
  throw new Fault("journal", `Cannot go on with run "${record.id}": found it ${far}`, {
    cause: thrown,
    hint: `${who}; ${lines.show()} tells how far it is${anew}`,
  });
}

async function namedOf(
  { folder, origin, argv, here, resume }: JournalRequest,
): Promise<KnownRun | undefined> {
  if (resume?.runId === undefined) return undefined;
  const runId = namedRun(folder, resume.runId, "go on with");
  const { KeptRun } = await import("../../journal/kept_run.ts");
  using run = await KeptRun.open(journalPath(folder, runId)).catch(() => undefined);
  // What cannot be read is told by who opens it to go on.
  if (!run) return { id: runId };
  const { record } = run;
  const own = JSON.parse(record.argv) as readonly string[];
  // It may be one of another copy of the project.
  const isSame = JSON.stringify(originIn(record.origin).what) === JSON.stringify(origin.what);
  if (isSame) return { id: runId, argv: own };
  const line = (argv: readonly string[]) =>
    shortened(shellWords(["fanfold", ...argv]), LINE_LENGTH);
  const found = `found a run of: ${line(own)}`;
  throw new Fault("usage", `Cannot go on with run "${runId}" by: ${line(argv)}: ${found}`, {
    hint: `its own line is run again by: ${(await linesAbout(runId, folder, here)).retry()}`,
  });
}

/** The runs of the same that were begun last. */
interface Latest {
  readonly open?: KnownRun;
  /** The very last, if it has ended, and not well. */
  readonly failed?: { readonly id: string; readonly notWell: number };
}

/**
 * The runs of the same that count for one that is resumed.
 *
 * @throws {Fault} Of kind `journal`, if one cannot be read that may be it: what it has would be done again.
 */
async function latestOf({ folder, origin, resume }: JournalRequest): Promise<Latest> {
  const { KeptRun } = await import("../../journal/kept_run.ts");
  let last: Latest["failed"];
  for (const id of keptRuns(folder)) {
    const path = journalPath(folder, id);
    if (await KeptRun.isUnborn(path)) continue;
    using run = await KeptRun.open(path).catch(withWayOn);
    if (run.record.origin !== originText(origin)) continue;
    const { state, record } = run;
    const open = { id, argv: JSON.parse(record.argv) as readonly string[] };
    if (state !== "ended") return { open };
    // Of those that have ended only the last counts: what went wrong in one before was done anew.
    if (last) continue;
    last = { id, notWell: run.counts.notWell };
    if (resume?.repeatsFailed && last.notWell > 0) return { open };
  }
  return last && last.notWell > 0 ? { failed: last } : {};
}

/** A run that is not named can do without those that are kept. */
function withWayOn(thrown: unknown): never {
  if (!(thrown instanceof Fault)) throw thrown;
  const [{ message, hint }] = thrown.mistakes as readonly [Mistake];
  const anew = "without --resume a run begins anew";
  throw new Fault(thrown.kind, message, {
    cause: thrown.cause,
    hint: hint === undefined ? anew : `${hint}; ${anew}`,
  });
}

/** That a run begins anew where somebody may have meant to go on. */
function anewText({ id, notWell }: Required<Latest>["failed"]): string {
  const jobs = jobCountText(notWell);
  const ended = `run ${id} has ended, ${jobs} not well, so --resume begins anew`;
  return `${ended}; --resume-failed does ${notWell === 1 ? "that one" : "only those"} again`;
}

function recordsOf(tasks: readonly Task[], home: string): TaskRecord[] {
  const known = nothingKnown();
  return tasks.map((task) => {
    const fingerprint = fingerprintOf(task, { folder: home, known });
    return {
      name: task.name,
      count: countOf(task.source),
      digest: fingerprint.digest,
      fingerprint: JSON.stringify(fingerprint),
      dependsOnIndex: dependsOnIndex(task),
      reads: readsOf(task.source),
      filesOf: filesOfInputs(task.source),
    };
  });
}
