/**
 * `fanfold show`: what has come of a run.
 *
 * @module
 */

import { dirname } from "node:path";
import { Fault } from "../../fault.ts";
import { framesOf, headOf } from "../../errors/reason.ts";
import type { Action, ErrorRecord, Outcome, Output } from "../../job.ts";
import { indexOfJob, jobNumber } from "../../job_number.ts";
import { parseFingerprint } from "../../modules/fingerprint.ts";
import { cancelledJobs } from "../../journal/cancelled_jobs.ts";
import { keptInput, keptOutcome, keptOutcomes } from "../../journal/kept_outcomes.ts";
import type { KeptRun, KeptTask } from "../../journal/kept_run.ts";
import { runStatistics } from "../../journal/run_statistics.ts";
import { PLACES, placesOf } from "../../journal/tables.ts";
import { meantOrAll } from "../../text/nearest.ts";
import { HEADING, putOutcome, putRow, type Valued } from "../../output/outcome_printer.ts";
import { seenJson, shownJson } from "../../output/json_value.ts";
import type { Put, Sinks } from "../../output/printer.ts";
import { RECORD_FORMATS } from "../../output/records.ts";
import { momentText, timeText } from "../../text/amounts.ts";
import { harmless, oneLine, withoutSequences } from "../../text/shown.ts";
import { Sink } from "../../output/sink.ts";
import { lineOf } from "../../output/text_printer.ts";
import { flowTo } from "../../output/turn.ts";
import { checkConflicts } from "../request/args.ts";
import { optionsNamed } from "../request/options.ts";
import { REPORT_FORMATS, type ReportFormat } from "../request/report_request.ts";
import type { Command, Io } from "../command.ts";
import { type RunNamed, withRun } from "../kept/named_run.ts";
import { linesAbout } from "../kept/run_lines.ts";
import { jobLine, summaryLines, summaryRecord } from "../kept/run_summary.ts";

const SLOW = 20;

type ShowFormat = typeof RECORD_FORMATS[number] | "raw" | ReportFormat;

export interface ShowRequest extends Partial<RunNamed> {
  /** Reads what of it; what is wrong with the run is told before what is wrong with that. */
  readonly shown: () => Shown;
}

interface Shown {
  readonly task?: string;
  /** The number of a job, as it was named. */
  readonly job?: string;
  readonly as: ShowFormat;
  readonly onlyFailed: boolean;
  readonly onlySlow: boolean;
}

export const showCommand: Command<ShowRequest> = {
  name: "show",
  options: optionsNamed("format", "state-dir", "failed", "slow", "raw", "help"),
  examples: [
    "fanfold show last --failed",
    "fanfold show last double 3",
    "fanfold show last --format html > run.html",
    "fanfold show last --format ndjson | jq 'select(.durationMs > 1000)'",
  ],
  reading: { choices: { format: [...RECORD_FORMATS, ...REPORT_FORMATS] } },
  read: (args) => ({
    named: args.operands[0],
    stateDir: args.options["state-dir"],
    shown: () => {
      const { operands: [, task, job, more], options: { format, raw, failed, slow } } = args;
      if (more !== undefined) {
        throw new Fault("usage", `Cannot run fanfold show: found "${more}", wanted RUN TASK JOB`);
      }
      checkConflicts(args, ["raw"]);
      const as = (raw === undefined ? format ?? "text" : "raw") as ShowFormat;
      return { task, job, as, onlyFailed: failed !== undefined, onlySlow: slow !== undefined };
    },
  }),
  carryOut: (request, io) => withRun(request, "show", io, (run) => show(run, request, io)),
};

async function show(run: KeptRun, { shown }: ShowRequest, io: Io): Promise<number> {
  const what = shown();
  const { task: name, job: position, as, onlyFailed, onlySlow } = what;
  const sinks = { stdout: new Sink(io.stdout), stderr: new Sink(io.stderr) };
  const report = REPORT_FORMATS.find((format) => format === as);
  if (report) return await putReport(run, report, what, sinks.stdout, io.signal);
  const task = name === undefined ? undefined : taskNamed(run, name);
  if (task && position !== undefined) {
    if (onlyFailed || onlySlow) {
      const found = onlyFailed ? "--failed" : "--slow";
      throw new Fault("usage", `Cannot combine ${found} and a job`);
    }
    const job = jobNumbered(run, task, position);
    if (as === "text") {
      await putJob(sinks.stdout, job, await aboutJob(run, job, io.here));
    } else await putAll(sinks, as === "json" ? "ndjson" : as, [job], io);
  } else if (task || onlyFailed || onlySlow || (as !== "text" && as !== "json")) {
    await putAll(sinks, as, jobsOf(run, task, what), io);
  } else if (as === "json") {
    await sinks.stdout.put(`${seenJson(await summaryRecord(run))}\n`);
  } else {
    for (const line of await summaryLines(run, io.here)) {
      await sinks.stdout.put(`${oneLine(line)}\n`);
    }
  }
  await sinks.stdout.flush();
  await sinks.stderr.flush();
  return 0;
}

async function putReport(
  run: KeptRun,
  format: ReportFormat,
  { task, onlyFailed, onlySlow }: Shown,
  stdout: Sink,
  signal: AbortSignal,
): Promise<number> {
  if (task !== undefined || onlyFailed || onlySlow) {
    const found = task !== undefined ? "a task" : onlyFailed ? "--failed" : "--slow";
    throw new Fault("usage", `Cannot combine --format ${format} and ${found}`, {
      hint: "a report is one of a whole run",
    });
  }
  const { reportOf } = await import("../kept/run_report.ts");
  for await (const piece of reportOf(run, format, signal)) await stdout.put(piece);
  await stdout.flush();
  return 0;
}

function taskNamed({ tasks, record }: KeptRun, name: string): KeptTask {
  const task = tasks.find((task) => task.name === name);
  if (task) return task;
  const names = tasks.map(({ name }) => name);
  throw new Fault("usage", `Cannot show task "${name}": run "${record.id}" has no such task`, {
    hint: meantOrAll(name, names, "tasks"),
  });
}

function jobNumbered({ database, record }: KeptRun, task: KeptTask, position: string): ShownJob {
  const index = indexOfJob(position);
  const [first] = placesOf(task.id);
  const outcome = index < PLACES ? keptOutcome(database, task.name, first + index) : undefined;
  if (outcome) return { outcome, task: valuedOf(task) };
  for (const cancelled of cancelledJobs(database, task)) {
    if (cancelled.index === index) return { outcome: cancelled, task: valuedOf(task) };
  }
  // It may be that its place was changed.
  let last = 0;
  for (const { index } of keptOutcomes(database, task)) last = jobNumber(index);
  const cannot = `Cannot show job ${position} of task "${task.name}"`;
  throw new Fault("usage", `${cannot}: in run "${record.id}" no such job has ended`, {
    hint: last === 0 ? "none of that task has" : `the last that has is job ${last}`,
  });
}

async function aboutJob(
  run: KeptRun,
  { outcome: { task, index } }: ShownJob,
  here: string,
): Promise<Readonly<Record<string, string>>> {
  const lines = await linesAbout(run.record.id, dirname(run.path), here);
  const isKept = keptInput(run, task, index).kind === "found";
  return {
    "what it printed, byte for byte": lines.show(task, String(jobNumber(index)), "--raw"),
    ...isKept && { "do it again": lines.repro(task, index, []) },
  };
}

interface ShownJob {
  readonly outcome: Outcome;
  readonly task: Valued;
}

async function putAll(
  sinks: Sinks,
  as: ShowFormat,
  jobs: Iterable<ShownJob>,
  { signal }: Pick<Io, "signal">,
): Promise<void> {
  const { stdout } = sinks;
  if (as === "csv") await stdout.put(`${HEADING}\n`);
  const json: Put = {
    put: (piece) => stdout.put(typeof piece === "string" ? seenJson(piece) : piece),
  };
  let separator = "[";
  for (const { outcome, task } of jobs) {
    signal.throwIfAborted();
    if (as === "raw") {
      await putRaw(sinks, task, outcome);
      continue;
    }
    if (as === "text") await stdout.put(oneLine(jobLine(outcome)));
    else if (as === "csv") await putRow(stdout, task, outcome);
    else {
      if (as === "json") await stdout.put(separator);
      await putOutcome(json, task, outcome);
    }
    if (as !== "json") await stdout.put("\n");
    separator = ",\n";
  }
  if (as === "json") await stdout.put(separator === "[" ? "[]\n" : "]\n");
}

/** Puts what a job printed, and what it returned, each to its stream, as they were printed in the run. */
async function putRaw(sinks: Sinks, { action }: Valued, outcome: Outcome): Promise<void> {
  if (outcome.output) await flowTo(outcome.output, sinks);
  if (action.kind !== "function" || outcome.kind !== "done") return;
  if (outcome.value !== undefined) await sinks.stdout.put(lineOf(outcome.value));
}

function* jobsOf(
  run: KeptRun,
  only: KeptTask | undefined,
  { onlyFailed, onlySlow }: Shown,
): Generator<ShownJob> {
  const { database } = run;
  const tasks = only ? [only] : run.tasks;
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
  const { slowest } = runStatistics(run, { tasks, slowest: SLOW, onlyFailed });
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

/** How much of a line is held that does not end, in characters. */
const LINE_LENGTH = 64 * 1024;

/**
 * Puts what a job is, how it ended, what it returned and what it wrote, in which nothing acts on a terminal.
 *
 * @param lines Command lines about it, by what they do.
 */
async function putJob(
  to: Put,
  { outcome, task }: ShownJob,
  lines: Readonly<Record<string, string>>,
): Promise<void> {
  const { kind, input, attempts, output } = outcome;
  const tries = attempts > 1 ? ` after ${attempts} attempts` : "";
  await putLines(to, [
    `task "${outcome.task}", job ${jobNumber(outcome.index)}: ${kind}${tries}`,
    ...input === undefined ? [] : [`  input: ${shownJson(input)}`],
    `  ${traceText(outcome)}`,
  ]);
  if (outcome.kind !== "done") {
    const lines = errorLines(outcome.error).map((line) => `  ${line}`);
    await putLines(to, ["", "error:", ...lines]);
  } else if (task.action.kind === "function" && outcome.value !== undefined) {
    const { value } = outcome;
    const text = typeof value === "string" ? value.replace(/\r?\n$/, "") : shownJson(value);
    await putLines(to, ["", "value:", ...text.split(/\r?\n/).map(quoted)]);
  }
  for (const stream of ["stdout", "stderr"] as const) {
    if (output) await putStream(to, output, stream);
  }
  const told = Object.entries(lines).map(([what, line]) => `${what}: ${line}`);
  await putLines(to, ["", ...told]);
}

function traceText({ startedAt, durationMs, slot, pid }: Outcome): string {
  return [
    ...startedAt === undefined ? [] : [`started ${momentText(startedAt)}`],
    ...durationMs === undefined ? [] : [`took ${timeText(durationMs)}`],
    ...slot === undefined ? [] : [`slot ${slot}`],
    ...pid === undefined ? [] : [`process ${pid}`],
  ].join(", ");
}

/** The lines of a stream below its name; nothing if it is empty. */
async function putStream(to: Put, output: Output, stream: "stdout" | "stderr"): Promise<void> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let held = "";
  let isEmpty = true;
  const put = async (lines: readonly string[]) => {
    if (isEmpty) await putLines(to, ["", `${stream}:`]);
    isEmpty = false;
    await putLines(to, lines.map(quoted));
  };
  for await (const bytes of output.read(stream)) {
    const lines = (held + decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    held = lines.pop() ?? "";
    if (held.length > LINE_LENGTH) {
      lines.push(held);
      held = "";
    }
    if (lines.length > 0) await put(lines);
  }
  held += decoder.decode();
  if (held !== "") await put([held]);
}

function quoted(line: string): string {
  return `  | ${withoutSequences(line)}`;
}

async function putLines(to: Put, lines: readonly string[]): Promise<void> {
  await to.put(lines.map((line) => `${oneLine(line)}\n`).join(""));
}

const ERRORS = 20;

/**
 * An error in lines without line ends: what it says, the frames of its stack down to fanfold's own, its further
 * properties, the errors that it is made of, and what it was thrown because of, each indented below it.
 */
function errorLines(error: ErrorRecord): string[] {
  const { stack, fields, errors = [], cause } = error;
  const head = headOf(error);
  // What has ended a command, and its code, is said by the message.
  const hasFields = fields !== undefined && head !== error.message;
  const more = errors.length > ERRORS ? [`and ${errors.length - ERRORS} more`] : [];
  return [
    ...harmless(head).split("\n"),
    ...framesOf(stack).map((frame) => `    ${frame}`),
    ...hasFields ? [`  ${shownJson(fields)}`] : [],
    ...errors.slice(0, ERRORS).flatMap((each, i) => below(`error ${i + 1}: `, each)),
    ...more.map((line) => `  ${line}`),
    ...cause ? below("because: ", cause) : [],
  ];
}

function below(lead: string, error: ErrorRecord): string[] {
  return errorLines(error).map((line, i) => `  ${i === 0 ? lead : ""}${line}`);
}
