/**
 * One job of a run that is kept, for people.
 *
 * @module
 */

import type { ErrorRecord, Outcome, Output } from "../../job.ts";
import { jobNumber } from "../../job_number.ts";
import { momentText, timeText } from "../../text/amounts.ts";
import type { Valued } from "../../output/outcome_printer.ts";
import { shownJson } from "../../output/json_value.ts";
import { harmless, oneLine, withoutSequences } from "../../text/shown.ts";
import type { Put } from "../../output/printer.ts";
import { headOf } from "../../errors/reason.ts";

/** How much of a line is held that does not end, in characters. */
const LINE_LENGTH = 64 * 1024;

/** A job that is told in full. */
export interface ToldJob {
  readonly outcome: Outcome;
  /** What its value is. */
  readonly task: Valued;
  /** Command lines about it, by what they do. */
  readonly lines: Readonly<Record<string, string>>;
}

/** Puts what a job is, how it ended, what it returned and what it wrote, in which nothing acts on a terminal. */
export async function putJob(to: Put, { outcome, task, lines }: ToldJob): Promise<void> {
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

/** How many errors of an aggregate are told. */
const ERRORS = 20;

/**
 * An error in lines without line ends: what it says, the frames of its stack down to fanfold's own, its further
 * properties, the errors that it is made of, and what it was thrown because of, each indented below it.
 */
export function errorLines(error: ErrorRecord): string[] {
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

function framesOf(stack = ""): string[] {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const own = frames.findIndex((frame) => /engines\/far\//.test(frame));
  return frames.slice(0, own === -1 ? undefined : own).map((frame) => oneLine(frame.trim()));
}
