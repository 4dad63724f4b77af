/**
 * What has come of a run, in short.
 *
 * @module
 */

import { dirname } from "node:path";
import type { Outcome } from "../../job.ts";
import { jobNumber } from "../../job_number.ts";
import { cancelledJobs } from "../../journal/cancelled_jobs.ts";
import { hasAllInputs, keptOutcome } from "../../journal/kept_outcomes.ts";
import { inputsOf, type KeptRun, type UnderWay } from "../../journal/kept_run.ts";
import type { Holder } from "../../journal/runs_folder.ts";
import {
  type RunStatistics,
  runStatistics,
  type TaskStatistics,
} from "../../journal/run_statistics.ts";
import { countsText, jobCountText, momentText, timeText } from "../../text/amounts.ts";
import { causeOf, inFull, inOneLine, jobText } from "../../output/notices.ts";
import { toJson } from "../../output/json_value.ts";
import { lastLines } from "../../observers/last_lines.ts";
import { told } from "../../text/shown.ts";
import { tableLines } from "../../output/records.ts";
import { lineOfRun, linesAbout, resumptionOf, stdinReadBy, wayOnBy } from "./run_lines.ts";

const SLOWEST = 5;

/** How many jobs are told that were cancelled. */
const CANCELLED = 5;

const TIME_WIDTH = 8;

/** A run in lines: what a person wants to know first comes first. */
export async function summaryLines(run: KeptRun, here: string): Promise<readonly string[]> {
  const { record, underWay, times: { startedAt, endedAt } } = run;
  const { totals, cause, slowest } = gistOf(run);
  const from = startedAt === undefined ? "" : `, started ${momentText(startedAt)}`;
  const to = endedAt === undefined || underWay ? "" : `, ended ${momentText(endedAt)}`;
  const since = underWay?.since === startedAt ? undefined : underWay?.since;
  const again = since === undefined ? "" : `, gone on with ${momentText(since)}`;
  const pid = underWay?.holder ? `, process ${underWay.holder.pid}` : "";
  const { text, below = [] } = cause ? inFull(cause) : { text: "" };
  return [
    `${record.id}: ${stateText(run, totals)}`,
    `  ${lineOfRun(record)}`,
    `  in ${record.folder}${from}${again}${to}${pid}`,
    ...cause ? ["", ...told({ text, below: [...below, ...await lastStderr(cause)] }, "")] : [],
    ...await cancelledLines(run, here),
    "",
    ...taskTable(totals.tasks, underWay?.holder),
    ...slowest.length > 0 ? ["", "slowest jobs:", ...slowest.map(jobLine)] : [],
    ...await waysOn(run, totals, here),
  ];
}

/** Jobs that were cancelled, and what they wrote last; nothing of those that wrote nothing. */
async function cancelledLines(run: KeptRun, here: string): Promise<readonly string[]> {
  const { record, path } = run;
  const jobs = cancelledIn(run);
  if (jobs.length === 0) return [];
  const lines = await linesAbout(record.id, dirname(path), here);
  const shown = await Promise.all(
    jobs.slice(0, CANCELLED).map(async (job) => {
      const { task, index } = job;
      const all = `all that it wrote: ${lines.show(task, String(jobNumber(index)))}`;
      const below = [...await lastStderr(job), all];
      return told({ text: `${jobText(job)} cancelled`, below }, "");
    }),
  );
  const more = jobs.length - shown.length;
  return ["", ...shown.flat(), ...more > 0 ? [`and ${more} more that were cancelled`] : []];
}

function cancelledIn({ database, tasks }: KeptRun): readonly Outcome[] {
  return tasks.flatMap((task) => [...cancelledJobs(database, task)]);
}

export async function summaryRecord(run: KeptRun): Promise<string> {
  const { record, state, times, underWay } = run;
  const { totals, cause, slowest } = gistOf(run);
  const { id, folder, version, argv } = record;
  const cancelled = cancelledIn(run);
  const jobOf = ({ task, index, input, kind, durationMs }: Outcome) => ({
    task,
    index,
    input,
    kind,
    durationMs,
  });
  return toJson({
    ...{ id, state, version, folder, argv: JSON.parse(argv), ...times, ...farRecord(underWay) },
    tasks: totals.tasks,
    slowest: slowest.map(jobOf),
    firstCause: cause &&
      { ...jobOf(cause), error: cause.error, stderr: await lastStderr(cause, "") },
    ...cancelled.length > 0 && { cancelled: cancelled.map(jobOf) },
  });
}

/** A job in a line: how long it took, which it is, and why it did not end well. */
export function jobLine(outcome: Outcome): string {
  const time = timeText(outcome.durationMs ?? 0).padStart(TIME_WIDTH);
  const cause = causeOf(outcome);
  return `  ${time}  ${cause ? inOneLine(cause) : jobText(outcome)}`;
}

/** What is told of a run in lines and as data: its totals, why it did not end well, and its slowest jobs. */
function gistOf(run: KeptRun) {
  const totals = runStatistics(run, { slowest: SLOWEST });
  const keptOf = ({ id, task }: NonNullable<RunStatistics["firstFailed"]>) =>
    keptOutcome(run.database, task, id);
  const failed = totals.firstFailed && keptOf(totals.firstFailed);
  const slowest = totals.slowest.flatMap((job) => keptOf(job) ?? []);
  return { totals, cause: failed && causeOf(failed), slowest };
}

async function lastStderr({ output }: Outcome, lead = "| "): Promise<readonly string[]> {
  if (!output) return [];
  return (await lastLines(output.read("stderr"))).map((line) => `${lead}${line}`);
}

/** As the verdict of a run has it; and how far it is, if it is under way. */
export function stateText({ state, underWay }: KeptRun, { tasks }: RunStatistics): string {
  const counts: Partial<Record<Outcome["kind"], number>> = {};
  for (const task of tasks) {
    for (const [kind, count] of Object.entries(task.counts) as [Outcome["kind"], number][]) {
      counts[kind] = (counts[kind] ?? 0) + count;
    }
  }
  const total = tasks.reduce((sum, { jobs }) => sum + jobs, 0);
  const jobs = jobCountText(total);
  const how = state === "ended"
    ? `ended, ${jobs}`
    : state === "under way"
    ? `under way${farText(total, underWay)} so far`
    : `${state} after ${jobs}`;
  const again = underWay?.holder?.repeatsFailed ? "; what did not end well is done again" : "";
  return `${how}: ${countsText(counts)}${again}`;
}

export function farRecord(
  { since, inputs, holder }: UnderWay = {},
): { readonly since?: number; readonly pid?: number; readonly inputs?: number } {
  return { since, pid: holder?.pid, inputs };
}

function farText(jobs: number, { since, inputs }: UnderWay = {}): string {
  const time = since === undefined ? "" : ` for ${timeText(Math.max(0, Date.now() - since))}`;
  return `${time}, ${jobCountText(jobs, inputs)}`;
}

function taskTable(tasks: readonly TaskStatistics[], holder?: Holder): readonly string[] {
  const rows = [
    ["task", "jobs", "total", "median", ""],
    ...tasks.map(({ task, jobs, totalMs, medianMs, counts }) => {
      const inputs = inputsOf(holder, task);
      const of = inputs === undefined ? "" : ` of ${inputs}`;
      const median = medianMs === undefined ? "" : timeText(medianMs);
      return [task, `${jobs}${of}`, timeText(totalMs), median, countsText(counts)];
    }),
  ];
  return tableLines(rows, { right: [1, 2, 3] });
}

/** How to see more of a run, and to go on with it, in lines without line ends. */
async function waysOn(
  run: KeptRun,
  { tasks, firstFailed }: RunStatistics,
  here: string,
): Promise<string[]> {
  const { record, state, path } = run;
  const failed = tasks.reduce((sum, { jobs, counts }) => sum + jobs - (counts.done ?? 0), 0);
  const isOpen = state === "interrupted" || state === "halted";
  const lines = await linesAbout(record.id, dirname(path), here);
  const stdin = stdinOf(run);
  // What does all again that has failed is a line of its own.
  const goOn = failed > 0 ? resumptionOf(record, dirname(path), here) : lines.retry();
  const again = isOpen
    ? "go on, and do again what did not end well,"
    : "do again what did not end well";
  return [
    ...failed > 1 ? ["", `all ${failed} that did not end well: ${lines.show("--failed")}`] : [],
    ...isOpen && goOn !== undefined ? ["", `go on ${wayOnBy(goOn, stdin)}`] : [],
    ...firstFailed && state !== "under way"
      ? ["", `${again} ${wayOnBy(lines.retry(), stdin)}`]
      : [],
  ];
}

/** What whoever goes on with a run has to have stdin be; of tasks of a file it is not known. */
function stdinOf({ record, database, tasks }: KeptRun): "fed" | "none" | "any" {
  const read = stdinReadBy(record);
  if (read === "nothing") return "any";
  return read === "inputs" && tasks.every(({ id }) => hasAllInputs(database, id)) ? "none" : "fed";
}
