/**
 * The journal of a run, opened for a session.
 *
 * @module
 */

import config from "../../../deno.json" with { type: "json" };
import { Fault, type Mistake } from "../../fault.ts";
import { countOf } from "../../inputs/count.ts";
import type { JobId, Task } from "../../job.ts";
import { filesOfInputs } from "../../journal/files_of_inputs.ts";
import { dependsOnIndex, fingerprintOf } from "../../journal/fingerprint.ts";
import { nothingKnown } from "../../modules/local_imports.ts";
import { columnOf, tellsApart } from "../../journal/record.ts";
import {
  type Before,
  Session,
  type SessionOptions,
  type TaskRecord,
  type Unmet,
} from "../../journal/session.ts";
import {
  claimRun,
  isHeld,
  journalPath,
  keptRuns,
  makeRunsFolder,
} from "../../journal/runs_folder.ts";
import { shortened, type Tell } from "../../text/shown.ts";
import { jobCountText } from "../../text/amounts.ts";
import { isRunId, newRunId } from "../../run_id.ts";
import type { JournalRequest } from "../request/journal_request.ts";
import { wordsToKeep } from "./kept_folder.ts";
import { namedRun, watchJournal } from "./named_run.ts";
import type { Watchdog } from "../../watchdog/watchdog.ts";
import { isSame, originIn, originText } from "./origin.ts";
import { readsOf } from "./reads.ts";
import { isSameLine, type Resumption, resumptionBy, RunLines, wayOnBy } from "./run_lines.ts";
import { shellWords } from "../shell_words.ts";

/** How much of the command line of another run is shown, in characters. */
const LINE_LENGTH = 200;

/** A session of a run, and what it is called. */
export interface OpenSession {
  /**
   * The id of the run, with the number of the session unless it is the first: the watcher of one that was
   * killed ends all that is known by its id, and must not take what another has started for it.
   */
  readonly runId: string;
  readonly session: Session;
  /** What is to be told of it, in a line. */
  readonly note?: string;
  /** A line that does a job again with the input that is kept; nothing if that could not be kept. */
  readonly reproOf: (job: JobId, options: readonly string[]) => string | undefined;
  /** What does the rest, and again what did not end well or not: `with: LINE`. */
  readonly wayOn: (how: Resumption) => string;
  /** A line that shows what it has. */
  readonly shownBy: string;
}

/** What is told while a session is opened, and later. */
export interface OpenSessionOptions {
  readonly watchdog: Watchdog;
  /** Told of the first write that fails. */
  readonly onFailure: (fault: unknown) => void;
}

/**
 * Begins a run, or goes on with one.
 *
 * @throws {Fault} Of kind `journal`, if there is no such run, or it cannot be read or written; `usage` if it is one
 * of other tasks.
 */
export async function openSession(
  request: JournalRequest,
  tasks: readonly Task[],
  { watchdog, onFailure }: OpenSessionOptions,
): Promise<OpenSession> {
  const { folder, origin, home, argv, resume } = request;
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
      .catch((thrown) => refuse(thrown, path, { request, isNamed: named !== undefined }));
    const note = goesOnText(known.id, session.before, options);
    const lines = await linesOf({ request, tasks, session }, known);
    return { runId: `${known.id}.${session.number}`, session, note, ...lines };
  }
  makeRunsFolder(folder);
  const id = claimRun(folder, (kept) => newRunId(kept.find(isRunId)));
  const run = { id, version: config.version, folder: Deno.cwd() };
  const texts = { origin: originText(origin), argv: JSON.stringify(argv) };
  const path = journalPath(folder, id);
  const session = await Session.begin(path, { ...run, ...texts }, options);
  const note = latest.failed && anewText(latest.failed);
  return { runId: id, session, note, ...await linesOf({ request, tasks, session }, { id, argv }) };
}

/** A run that is gone on with. */
interface KnownRun {
  readonly id: string;
  /** Its own command line; nothing if its journal cannot be read. */
  readonly argv?: readonly string[];
}

/** What is told of a run to somebody who wants to go on with it. */
async function linesOf(
  { request, tasks, session }: {
    readonly request: JournalRequest;
    readonly tasks: readonly Task[];
    readonly session: Session;
  },
  { id, argv }: KnownRun,
): Promise<Pick<OpenSession, "reproOf" | "wayOn" | "shownBy">> {
  const { folder, here } = request;
  const lines = await RunLines.about(id, folder, here);
  // Its own line has all the options, and need not be repeated.
  const isOwn = argv === undefined || isSameLine(argv, request.argv);
  const place = { id, where: wordsToKeep(folder, Deno.cwd()) };
  const readsStdin = tasks.some(({ source }) => readsOf(source) === "stdin") || request.takesHeader;
  return {
    shownBy: lines.show(),
    reproOf: ({ task, index, input }, options) =>
      tellsApart(columnOf(input, index)) ? lines.repro(task, index, options) : undefined,
    wayOn: (how) => {
      const line = (isOwn ? undefined : resumptionBy(request.argv, how, place)) ?? lines.retry();
      const isFed = readsStdin && (request.takesHeader || session.awaitsStdin);
      return wayOnBy(line, readsStdin ? isFed ? "fed" : "none" : "any");
    },
  };
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
  { request, isNamed }: { readonly request: JournalRequest; readonly isNamed: boolean },
): Promise<never> {
  if (!(thrown instanceof Fault) || !isHeld(path)) throw thrown;
  const { KeptRun } = await import("../../journal/kept_run.ts");
  using run = await KeptRun.open(path).catch(() => undefined);
  const { underWay, record } = run ?? {};
  if (!run || !record || !underWay) throw thrown;
  const { stateText } = await import("./run_summary.ts");
  const { runStatistics } = await import("../../journal/run_statistics.ts");
  const far = stateText(run, runStatistics(run, { slowest: 0 }));
  const lines = await RunLines.about(record.id, request.folder, request.here);
  const { holder } = underWay;
  const who = holder ? `process ${holder.pid} is at it` : "another fanfold is at it";
  const anew = isNamed ? "" : ", and without --resume a run begins anew";
  throw new Fault("journal", `Cannot go on with run "${record.id}": found it ${far}`, {
    cause: thrown,
    hint: `${who}; ${lines.show()} tells how far it is${anew}`,
  });
}

/** The run that is named; nothing if none is. */
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
  if (isSame(originIn(record.origin), origin)) return { id: runId, argv: own };
  const line = (argv: readonly string[]) =>
    shortened(shellWords(["fanfold", ...argv]), LINE_LENGTH);
  const found = `found a run of: ${line(own)}`;
  throw new Fault("usage", `Cannot go on with run "${runId}" by: ${line(argv)}: ${found}`, {
    hint: `its own line is run again by: ${(await RunLines.about(runId, folder, here)).retry()}`,
  });
}

/** The runs of the same that were begun last. */
interface Latest {
  /** The last that can go on. */
  readonly open?: KnownRun;
  /** The very last, if it has ended, and not well. */
  readonly failed?: FailedRun;
}

interface FailedRun {
  readonly id: string;
  /** How many of its jobs did not end well. */
  readonly notWell: number;
}

/**
 * The runs of the same that count for one that is resumed.
 *
 * @throws {Fault} Of kind `journal`, if one cannot be read that may be it: what it has would be done again.
 */
async function latestOf({ folder, origin, resume }: JournalRequest): Promise<Latest> {
  const { KeptRun } = await import("../../journal/kept_run.ts");
  let last: FailedRun | undefined;
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
function anewText({ id, notWell }: FailedRun): string {
  const jobs = jobCountText(notWell);
  const ended = `run ${id} has ended, ${jobs} not well, so --resume begins anew`;
  return `${ended}; --resume-failed does ${notWell === 1 ? "that one" : "only those"} again`;
}

/** Tells of jobs that a run has kept and whose files are gone, maybe because they were done: it is not at its end. */
export function tellGone({ runId, session, shownBy }: OpenSession, tell: Tell): void {
  const [id] = runId.split(".");
  for (const unmet of session.unmet) {
    if (isLost(unmet)) continue;
    const what = `run ${id} is not taken for ended: it has kept ${
      jobsOf(unmet)
    }, whose input is gone`;
    tell(`${what}; what it has is told by: ${shownBy}`);
  }
}

/** The fault of a task that has come to its end without inputs that it had before; nothing if it has met them. */
export function lostInputs(
  { runId, session, shownBy }: OpenSession,
  task: string,
): Fault | undefined {
  const unmet = session.unmet.find((unmet) => unmet.task === task && isLost(unmet));
  if (!unmet) return undefined;
  const [id] = runId.split(".");
  const { reads, isEmpty } = unmet;
  const found = isEmpty ? "no input at all" : "other inputs";
  const message = `Cannot end run ${id}: it has kept ${jobsOf(unmet)}, and found ${found}`;
  const again = reads === "stdin" ? "feed it the same stdin" : "put its files where they were";
  const hint = `${again}, or begin anew without --resume; what it has is told by: ${shownBy}`;
  return new Fault("input", message, { hint });
}

function isLost({ reads, isEmpty }: Unmet): boolean {
  return reads !== "files" || isEmpty;
}

function jobsOf({ task, jobs }: Unmet): string {
  return `${jobCountText(jobs)} of task "${task}"`;
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
