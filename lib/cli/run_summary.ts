/**
 * What has come of a run, in short.
 *
 * @module
 */

import type { Outcome } from "../job.ts";
import { keptOutcome } from "../journal/kept_outcomes.ts";
import type { KeptRun, RunState } from "../journal/kept_run.ts";
import { type RunTotals, runTotals, type TaskTotals } from "../journal/run_totals.ts";
import { countsText, momentText, timeText } from "../output/amounts.ts";
import { type Cause, causeOf, inFull, inOneLine, jobText } from "../output/cause.ts";
import { toJson } from "../output/json_value.ts";
import { lastLines } from "../output/last_lines.ts";
import { told } from "../output/shown.ts";
import { tableOf } from "../output/table.ts";
import { commandLineOf, resumptionOf } from "./run_lines.ts";

/** How many of the slowest jobs are told. */
const SLOWEST = 5;

/** How wide times are. */
const TIME_WIDTH = 8;

/** A run in lines: what a person wants to know first comes first. */
export async function summaryLines(run: KeptRun): Promise<readonly string[]> {
  const { record, state, times: { startedAt, endedAt } } = run;
  const totals = runTotals(run, { slowest: SLOWEST });
  const cause = firstCause(run, totals);
  const from = startedAt === undefined ? "" : `, started ${momentText(startedAt)}`;
  const to = endedAt === undefined || state === "under way" ? "" : `, ended ${momentText(endedAt)}`;
  const { text, below = [] } = cause ? inFull(cause) : { text: "" };
  const slowest = totals.slowest.flatMap(({ id, task }) =>
    keptOutcome(run.database, task, id) ?? []
  );
  return [
    `${record.id}: ${stateText(state, totals)}`,
    `  ${commandLineOf(record)}`,
    `  in ${record.folder}${from}${to}`,
    ...cause ? ["", ...told({ text, below: [...below, ...await linesOf(cause)] }, "")] : [],
    "",
    ...taskTable(totals.tasks),
    ...slowest.length > 0 ? ["", "slowest jobs:", ...slowest.map(jobLine)] : [],
    ...waysOn(run, totals),
  ];
}

/** A run as JSON. */
export async function summaryRecord(run: KeptRun): Promise<string> {
  const { record, state, times } = run;
  const totals = runTotals(run, { slowest: SLOWEST });
  const cause = firstCause(run, totals);
  const { id, folder, version, argv } = record;
  const jobOf = ({ task, index, input, kind, durationMs }: Outcome) => ({
    task,
    index,
    input,
    kind,
    durationMs,
  });
  return toJson({
    ...{ id, state, version, folder, argv: JSON.parse(argv), ...times },
    tasks: totals.tasks,
    slowest: totals.slowest.flatMap(({ id, task }) => {
      const outcome = keptOutcome(run.database, task, id);
      return outcome ? [jobOf(outcome)] : [];
    }),
    firstCause: cause && { ...jobOf(cause), error: cause.error, stderr: await linesOf(cause, "") },
  });
}

/** A job in a line: how long it took, which it is, and why it did not end well. */
export function jobLine(outcome: Outcome): string {
  const time = timeText(outcome.durationMs ?? 0).padStart(TIME_WIDTH);
  const cause = causeOf(outcome);
  return `  ${time}  ${cause ? inOneLine(cause) : jobText(outcome)}`;
}

function firstCause({ database }: KeptRun, { firstFailed }: RunTotals): Cause | undefined {
  const outcome = firstFailed && keptOutcome(database, firstFailed.task, firstFailed.id);
  return outcome && causeOf(outcome);
}

async function linesOf({ output }: Outcome, lead = "| "): Promise<readonly string[]> {
  if (!output) return [];
  return (await lastLines(output.read("stderr"))).map((line) => `${lead}${line}`);
}

/** As the verdict of a run has it. */
function stateText(state: RunState, { tasks }: RunTotals): string {
  const counts: Partial<Record<Outcome["kind"], number>> = {};
  for (const task of tasks) {
    for (const [kind, count] of Object.entries(task.counts) as [Outcome["kind"], number][]) {
      counts[kind] = (counts[kind] ?? 0) + count;
    }
  }
  const total = tasks.reduce((sum, { jobs }) => sum + jobs, 0);
  const jobs = `${total} ${total === 1 ? "job" : "jobs"}`;
  const how = state === "ended"
    ? `ended, ${jobs}`
    : state === "under way"
    ? `under way, ${jobs} until now`
    : `${state} after ${jobs}`;
  return `${how}: ${countsText(counts)}`;
}

function taskTable(tasks: readonly TaskTotals[]): readonly string[] {
  const rows = [
    ["task", "jobs", "total", "median", ""],
    ...tasks.map(({ task, jobs, totalMs, medianMs, counts }) => [
      task,
      String(jobs),
      timeText(totalMs),
      medianMs === undefined ? "" : timeText(medianMs),
      countsText(counts),
    ]),
  ];
  return tableOf(rows, { right: [1, 2, 3] });
}

function waysOn({ record, state }: KeptRun, { tasks, firstFailed }: RunTotals): string[] {
  const failed = tasks.reduce((sum, { jobs, counts }) => sum + jobs - (counts.done ?? 0), 0);
  return [
    ...failed > 1
      ? ["", `all ${failed} that did not end well: fanfold show ${record.id} --failed`]
      : [],
    ...state === "interrupted" || state === "halted"
      ? ["", `go on: ${resumptionOf(record, "resume")}`]
      : [],
    ...firstFailed && state !== "under way"
      ? ["", `do again what did not end well: ${resumptionOf(record, "resume-failed")}`]
      : [],
  ];
}
