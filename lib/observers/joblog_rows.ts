/**
 * The log of jobs, in the columns of GNU parallel's `--joblog`.
 *
 * @module
 */

import type { Outcome } from "../job.ts";
import { jobNumber } from "../job_number.ts";

/** An outcome that is logged: what was cancelled has not been done, and is not. */
export type LoggedOutcome = Exclude<Outcome, { readonly kind: "cancelled" }>;

/** What is logged of a job that has ended. */
export interface LogRow {
  /** Its place among the inputs, from 1. */
  readonly seq: number;
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** How many bytes it wrote to stdout. */
  readonly received: number;
  /** What it exited with: 127 if it could not be started, as a shell says, -1 if that is not known. */
  readonly exitCode: number;
  /** Number of the signal that ended it, or 0. */
  readonly signal: number;
  readonly command: string;
}

/** What the columns are called. */
export const LOG_COLUMNS = [
  ...["Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive", "Exitval", "Signal", "Command"],
] as const;

/** The first line of a log. */
export const JOB_LOG_HEADING: string = `${LOG_COLUMNS.join("\t")}\n`;

/** How wide GNU parallel sets the runtime. */
const RUNTIME_WIDTH = 10;

/**
 * What is logged of an outcome.
 *
 * @param received How many bytes the job wrote to stdout.
 * @param command The command as it is logged.
 */
export function logRow(outcome: LoggedOutcome, received: number, command: string): LogRow {
  const { index, startedAt, durationMs } = outcome;
  return { seq: jobNumber(index), startedAt, durationMs, received, ...exitOf(outcome), command };
}

function exitOf(outcome: LoggedOutcome): { exitCode: number; signal: number } {
  if (outcome.kind === "done") return { exitCode: 0, signal: 0 };
  const { name, fields } = outcome.error;
  const signal = typeof fields?.signal === "string" ? signalNumber(fields.signal) : 0;
  if (typeof fields?.code === "number") return { exitCode: fields.code, signal };
  if (name === "Signal") return { exitCode: 0, signal };
  return { exitCode: name === "NotStarted" ? 127 : -1, signal };
}

/** The number of a signal, which is its name where it has no other. */
function signalNumber(name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  // Not imported: that takes 6 ms, and hardly any run needs it.
  const { signals } = process.getBuiltinModule("node:os").constants;
  return Object.entries(signals).find(([known]) => known === name)?.[1] ?? 0;
}

/** The values of a row, in the order of {@link LOG_COLUMNS}; times are in seconds. */
export function logCells(row: LogRow): string[] {
  const { seq, startedAt, durationMs, received, exitCode, signal, command } = row;
  // The milliseconds of a start are rounded and those of a runtime cut off, as GNU parallel has it.
  const start = (startedAt / 1000).toFixed(3);
  const runtime = (Math.floor(durationMs) / 1000).toFixed(3);
  return [`${seq}`, ":", start, runtime, "0", `${received}`, `${exitCode}`, `${signal}`, command];
}

/** A row as a line of the log. A line end in the command becomes a NUL. */
export function jobLogLine(row: LogRow): string {
  const cells = logCells(row).map((cell, i) => {
    if (LOG_COLUMNS[i] === "JobRuntime") return cell.padStart(RUNTIME_WIDTH);
    return LOG_COLUMNS[i] === "Command" ? cell.replaceAll("\n", "\0") : cell;
  });
  return `${cells.join("\t")}\n`;
}
