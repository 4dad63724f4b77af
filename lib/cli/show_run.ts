/**
 * `fanfold show`: what has come of a run.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import type { Action, Outcome } from "../job.ts";
import { parseFingerprint } from "../journal/fingerprint.ts";
import { keptOutcome, keptOutcomes } from "../journal/kept_outcomes.ts";
import type { KeptRun, KeptTask } from "../journal/kept_run.ts";
import { runTotals } from "../journal/run_totals.ts";
import type { Valued } from "../output/json_put.ts";
import { seenJson } from "../output/json_value.ts";
import { putOutcome } from "../output/outcome_put.ts";
import { HEADING, putRow } from "../output/outcome_row.ts";
import type { Put } from "../output/printer.ts";
import { oneLine } from "../output/shown.ts";
import { Sink } from "../output/sink.ts";
import type { Args } from "./args.ts";
import type { Command, Surroundings } from "./command.ts";
import { withRun } from "./find_run.ts";
import { jobLine, summaryLines, summaryRecord } from "./run_summary.ts";

/** How many jobs `--slow` tells. */
const SLOW = 20;

/** See the module. */
export const showCommand: Command = {
  name: "show",
  operands: "RUN",
  description: "show what has come of a run: an id, the start of one, or last",
  options: ["failed", "slow", "format", "state-dir", "help"],
  examples: [
    "fanfold show last",
    "fanfold show last --failed",
    "fanfold show last --format ndjson | jq 'select(.durationMs > 1000)'",
  ],
  takesOperands: true,
  reading: { choices: { format: ["text", "json", "ndjson", "csv"] } },
  run: showRun,
};

function showRun(args: Args, surroundings: Surroundings): Promise<number> {
  return withRun(args, "show", surroundings, (run) => show(run, args, surroundings));
}

async function show(
  run: KeptRun,
  args: Args,
  { stdout, signal }: Surroundings,
): Promise<number> {
  const [, more] = args.operands;
  if (more !== undefined) {
    throw new Fault("usage", `Cannot run fanfold show: found "${more}", wanted one run`);
  }
  const { format = "text", failed, slow } = args.options;
  const sink = new Sink(stdout);
  const isWhole = failed === undefined && slow === undefined;
  if (isWhole && format === "text") {
    for (const line of await summaryLines(run)) await sink.put(`${oneLine(line)}\n`);
  } else if (isWhole && format === "json") {
    await sink.put(`${seenJson(await summaryRecord(run))}\n`);
  } else {
    const chosen = { onlyFailed: failed !== undefined, onlySlow: slow !== undefined };
    await putAll(sink, format, jobsOf(run, chosen), signal);
  }
  await sink.flush();
  return 0;
}

/** A job that is shown, and what its value is. */
interface ShownJob {
  readonly outcome: Outcome;
  readonly task: Valued;
}

async function putAll(
  sink: Sink,
  format: string,
  jobs: Iterable<ShownJob>,
  signal: AbortSignal,
): Promise<void> {
  if (format === "csv") await sink.put(`${HEADING}\n`);
  const json: Put = {
    put: (piece) => sink.put(typeof piece === "string" ? seenJson(piece) : piece),
  };
  let separator = "[";
  for (const { outcome, task } of jobs) {
    signal.throwIfAborted();
    if (format === "text") await sink.put(oneLine(jobLine(outcome)));
    else if (format === "csv") await putRow(sink, task, outcome);
    else {
      if (format === "json") await sink.put(separator);
      await putOutcome(json, task, outcome);
    }
    if (format !== "json") await sink.put("\n");
    separator = ",\n";
  }
  if (format === "json") await sink.put(separator === "[" ? "[]\n" : "]\n");
}

function* jobsOf(
  run: KeptRun,
  { onlyFailed, onlySlow }: { readonly onlyFailed: boolean; readonly onlySlow: boolean },
): Generator<ShownJob> {
  const { database, tasks } = run;
  if (!onlySlow) {
    for (const task of tasks) {
      const valued = valuedOf(task);
      for (const outcome of keptOutcomes(database, task, { onlyFailed })) {
        yield { outcome, task: valued };
      }
    }
    return;
  }
  const byName = new Map(tasks.map((task) => [task.name, valuedOf(task)]));
  const { slowest } = runTotals(run, { slowest: SLOW, onlyFailed });
  for (const { id, task } of slowest) {
    const outcome = keptOutcome(database, task, id);
    if (outcome) yield { outcome, task: byName.get(task) as Valued };
  }
}

/** What a task does, as its fingerprint tells. */
function valuedOf({ fingerprint }: KeptTask): Valued {
  const { parts } = parseFingerprint(fingerprint);
  const kind: Action["kind"] = "function" in parts
    ? "function"
    : "argv" in parts
    ? "command"
    : "shell";
  return { action: { kind } };
}
