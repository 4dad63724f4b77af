/**
 * Reports of a run that is kept.
 *
 * @module
 */

import { inputsOf, type KeptRun } from "../../journal/kept_run.ts";
import { keptOutcome, keptOutcomes, metInputs } from "../../journal/kept_outcomes.ts";
import { runStatistics } from "../../journal/run_statistics.ts";
import { causeOf } from "../../output/notices.ts";
import type { ReportedRun } from "../../reports/reported_run.ts";
import { Timeline } from "../../reports/timeline.ts";
import type { ReportFormat } from "../request/report_request.ts";
import { lineOfRun } from "./run_lines.ts";
import { stateText } from "./run_summary.ts";

const SLOWEST = 20;

/**
 * What has come of a run, as a report in pieces. Of one that is under way it tells what there is at one moment: it goes
 * on meanwhile, and its log is not emptied before the last piece is read.
 *
 * @throws What the signal aborts with.
 */
export async function* reportOf(
  run: KeptRun,
  format: ReportFormat,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { database } = run;
  const isUnderWay = run.state === "under way";
  if (isUnderWay) database.exec("BEGIN");
  try {
    for await (const piece of await piecesOf(reported(run), format)) {
      signal.throwIfAborted();
      yield piece;
    }
  } finally {
    if (isUnderWay) database.exec("COMMIT");
  }
}

async function piecesOf(
  run: ReportedRun,
  format: ReportFormat,
): Promise<Iterable<string> | AsyncIterable<string>> {
  switch (format) {
    case "junit":
      return (await import("../../reports/junit.ts")).junitReport(run);
    case "trace":
      return (await import("../../reports/trace.ts")).traceReport(run);
    case "html":
      return (await import("../../reports/html.ts")).htmlReport(run);
  }
}

function reported(run: KeptRun): ReportedRun {
  const { database, record, times, state, tasks, underWay } = run;
  const timeline = new Timeline(times.startedAt);
  const statistics = runStatistics(run, {
    tasks,
    slowest: SLOWEST,
    each: ({ task, slot, startedAt, durationMs, kind }) =>
      timeline.add(task, slot, startedAt, durationMs, kind === "done"),
  });
  const keptOf = ({ id, task }: { readonly id: number; readonly task: string }) =>
    keptOutcome(database, task, id);
  const { firstFailed } = statistics;
  const failed = firstFailed && keptOf(firstFailed);
  return {
    id: record.id,
    state: stateText(run, statistics),
    line: lineOfRun(record),
    folder: record.folder,
    startedAt: times.startedAt,
    endedAt: underWay ? undefined : times.endedAt,
    tasks: statistics.tasks.map((counted, i) => {
      const task = tasks[i]!;
      const inputs = metInputs(database, task.id) ?? inputsOf(underWay?.holder, task.name);
      const isWhole = inputs === undefined
        ? state === "ended" && counted.jobs > 0
        : counted.jobs >= inputs;
      return {
        ...counted,
        inputs,
        isWhole,
        outcomes: (options) => keptOutcomes(database, task, options),
      };
    }),
    isWell: state === "ended" && !firstFailed,
    cause: failed && causeOf(failed),
    slowest: statistics.slowest.flatMap((job) => keptOf(job) ?? []),
    timeline,
  };
}
