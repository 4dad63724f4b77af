/**
 * `fanfold runs`: what the journals are of.
 *
 * @module
 */

import { relative } from "node:path";
import { Fault, messageOf, type Mistake } from "../../fault.ts";
import { KeptRun } from "../../journal/kept_run.ts";
import { exists, filesOfRun, journalPath, keptRuns, removeRun } from "../../journal/runs_folder.ts";
import { isRunId } from "../../run_id.ts";
import { parseTime, wantedCount } from "../../rules/quantities.ts";
import { momentText, roomText } from "../../text/amounts.ts";
import { printLines, printRecords, RECORD_FORMATS, tableLines } from "../../output/records.ts";
import { shortened } from "../../text/shown.ts";
import { type Args, checkConflicts } from "../request/args.ts";
import { optionsNamed } from "../request/options.ts";
import type { Command } from "../command.ts";
import { keptFolder } from "../kept/kept_folder.ts";
import { originIn, tasksFileOf } from "../request/journal_request.ts";
import { lineOfRun } from "../kept/run_lines.ts";
import { farRecord } from "../kept/run_summary.ts";

/** How much is told of what a run was of, in characters. */
const WHAT_LENGTH = 60;

/** Which runs stay. */
export interface Keeping {
  /** The latest so many. */
  readonly count: number;
  /** Those that were written since so many ms. */
  readonly ms: number;
}

export interface RunsRequest {
  /** Which runs stay; none is removed if absent. */
  readonly keeping?: Keeping;
  readonly format?: string;
  readonly stateDir?: string;
}

export const runsCommand: Command<RunsRequest> = {
  name: "runs",
  options: optionsNamed("format", "state-dir", "prune", "keep", "older-than", "help"),
  examples: [
    "fanfold runs",
    "fanfold runs --prune --keep 10",
    "fanfold runs --prune --older-than 30d",
  ],
  reading: { choices: { format: RECORD_FORMATS } },
  read(args) {
    const keeping = readKeeping(args);
    checkConflicts(args, ["prune"]);
    const { format, "state-dir": stateDir } = args.options;
    return { keeping, format, stateDir };
  },
  async carryOut({ keeping, format, stateDir }, { stdout, signal }) {
    const folder = await keptFolder(stateDir);
    const runs: KeptRunInfo[] = [];
    for await (const run of keptRunInfos(folder)) {
      signal.throwIfAborted();
      runs.push(run);
    }
    if (keeping) {
      await printLines(stdout, prune(folder, runs, keeping));
    } else {
      const told = { records: runs.map(runRecord), columns: COLUMNS };
      // Sizes are numbers.
      await printRecords(stdout, format, told, () => tableLines(runs.map(cellsOf), { right: [4] }));
    }
    throwUnreadable(folder, runs);
    return 0;
  },
};

interface KeptRunInfo {
  readonly id: string;
  readonly bytes: number;
  /** When it was written last, in ms since the epoch. */
  readonly writtenAt: number;
  /** What its journal says; or why that cannot be read, and what is wrong with it, unless it is just no journal. */
  readonly told: RunInfo | { readonly fault: string; readonly mistake?: Mistake };
}

interface RunInfo extends Pick<KeptRun, "record" | "state" | "underWay"> {
  readonly startedAt?: number;
  readonly tasks: readonly string[];
  readonly done: number;
  readonly notWell: number;
}

/** The runs in a folder, the latest first; one after the other is looked at. */
async function* keptRunInfos(folder: string): AsyncGenerator<KeptRunInfo> {
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
function throwUnreadable(folder: string, runs: readonly KeptRunInfo[]): void {
  const [first, ...others] = runs.flatMap(({ id, told }) =>
    "mistake" in told && told.mistake && exists(journalPath(folder, id)) ? [told.mistake] : []
  );
  if (first) throw Fault.of("journal", [first, ...others]);
}

const COLUMNS = [
  ...["id", "state", "startedAt", "done", "notWell", "since", "pid", "inputs", "bytes"],
  ...["folder", "argv", "file", "tasks", "fault"],
];

function runRecord({ id, bytes, told }: KeptRunInfo): Readonly<Record<string, unknown>> {
  if ("fault" in told) return { id, state: "unreadable", bytes, fault: told.fault };
  const { state, underWay, startedAt, done, notWell, tasks, record } = told;
  const { folder, argv } = record;
  const file = tasksFileOf(originIn(record.origin));
  return {
    ...{ id, state, startedAt, done, notWell, ...farRecord(underWay), bytes },
    ...{ folder, argv: JSON.parse(argv), file, tasks },
  };
}

function cellsOf({ id, bytes, told }: KeptRunInfo): readonly string[] {
  const room = roomText(bytes);
  if ("fault" in told) return [id, "", "unreadable", "", room, told.fault];
  const { state, underWay, startedAt, done, notWell } = told;
  const when = startedAt === undefined ? "" : momentText(startedAt);
  const of = underWay?.inputs === undefined ? "" : `, of ${underWay.inputs}`;
  const jobs = `${done} done${notWell > 0 ? `, ${notWell} not` : ""}${of}`;
  return [id, when, state, jobs, room, shortened(whatOf(told), WHAT_LENGTH)];
}

function whatOf({ record, tasks }: RunInfo): string {
  const file = tasksFileOf(originIn(record.origin));
  if (file === undefined) return lineOfRun(record);
  return `${relative(Deno.cwd(), file)}: ${tasks.join(", ")}`;
}

/**
 * What the options say is to stay; nothing if nothing is to be removed.
 *
 * @throws {Fault} Of kind `usage`, if they do not say it.
 */
function readKeeping(args: Args): Keeping | undefined {
  const { keep, "older-than": olderThan, prune } = args.options;
  checkConflicts(args, ["keep", "older-than"]);
  if (prune === undefined) return undefined;
  if (keep === undefined && olderThan === undefined) {
    throw new Fault("usage", "Cannot prune runs: found no limit, wanted --keep or --older-than");
  }
  return { count: countOf(keep), ms: ageOf(olderThan) };
}

/** Removes what is to go, but no run that is under way, and no file that has not the name of a run; in words. */
function prune(
  folder: string,
  runs: readonly KeptRunInfo[],
  { count, ms }: Keeping,
): readonly string[] {
  const since = Date.now() - ms;
  const ours = runs.filter(({ id }) => isRunId(id));
  const lines: string[] = [];
  let [removed, room] = [0, 0];
  for (const { id, writtenAt, told } of ours.slice(count)) {
    if (writtenAt > since) continue;
    if ("state" in told && told.state === "under way") {
      lines.push(`kept ${id}: it is under way`);
      continue;
    }
    const bytes = removeRun(journalPath(folder, id));
    lines.push(`removed ${id}: ${roomText(bytes)}`);
    removed++;
    room += bytes;
  }
  return [...lines, `${removed} of ${ours.length} runs removed, ${roomText(room)} given back`];
}

function countOf(keep: string | undefined): number {
  if (keep === undefined) return 0;
  if (/^\d+$/.test(keep) && Number.isSafeInteger(Number(keep))) return Number(keep);
  throw new Fault("usage", `Cannot read --keep: found "${keep}", wanted ${wantedCount(keep, 0)}`);
}

/** Seconds without a unit would be the end of most runs, where days were meant. */
function ageOf(olderThan: string | undefined): number {
  if (olderThan === undefined) return 0;
  const ms = /[a-z]$/.test(olderThan) ? parseTime(olderThan) : undefined;
  if (ms !== undefined) return ms;
  const found = `Cannot read --older-than: found "${olderThan}"`;
  throw new Fault("usage", `${found}, wanted a time with its unit: 90m, 12h, 30d`);
}
