/**
 * `--joblog FILE`: a line for each job that has ended, in the columns of GNU parallel; and, with `--resume`, the jobs that
 * such a log has.
 *
 * @module
 */

import { Fault, messageOf } from "../fault.ts";
import type { JobStarted, RunEvent, RunObserver } from "../events.ts";
import type { Outcome, PriorOutcome, PriorOutcomes } from "../job.ts";
import type { Sink } from "../output/sink.ts";
import { JobMap } from "../job_map.ts";
import { FileSink } from "./file_sink.ts";
import { jobNumber } from "../job_number.ts";
import { shortened } from "../text/shown.ts";

/** A job, as far as its command depends on it. */
export type LoggedJob = Pick<JobStarted, "input" | "index" | "slot">;

/** What a log needs of the run. */
export interface JobLogOptions {
  /** The command as it is logged; does not throw. */
  readonly commandOf: (job: LoggedJob) => string;
  /** Whether the file is added to, whatever its name says. */
  readonly isResumed?: boolean;
  /** Where the log `-` goes. */
  readonly stdout: Sink;
  /** Told of the first write that fails, at once: a {@link Fault} of kind `engine`. */
  readonly onFailure: (reason: unknown) => void;
}

/**
 * Writes a line when a job has ended, in the order in which jobs end, also where GNU parallel would have
 * input order (`--keep-order`): what has ended is logged. The line is in the file a moment later.
 */
export class JobLog implements RunObserver, AsyncDisposable {
  readonly #commandOf: JobLogOptions["commandOf"];
  readonly #file?: FileSink;
  readonly #sink: Sink;
  /** Bytes that the jobs that run have written to stdout. */
  readonly #received = new JobMap<{ bytes: number }>();

  /**
   * Opens a log and writes its heading.
   *
   * @param name A file, which is emptied; one with a `+` before it is added to, and gets no second heading;
   * `-` is stdout.
   * @throws {Fault} Of kind `usage`, if it cannot be opened.
   */
  constructor(name: string, { commandOf, isResumed, stdout, onFailure }: JobLogOptions) {
    this.#commandOf = commandOf;
    const isAdded = name.startsWith("+");
    const path = isAdded ? name.slice(1) : name;
    const append = isAdded || isResumed;
    if (path === "") {
      throw new Fault("usage", `Cannot read --joblog: found "${name}", wanted a file`);
    }
    if (path !== "-") this.#file = new FileSink(path, "--joblog", onFailure, append);
    this.#sink = this.#file?.sink ?? stdout;
    if (this.#file?.wasEmpty ?? true) this.#sink.put(JOB_LOG_HEADING);
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "job-started") this.#count(event);
    if (event.kind !== "job-ended") return;
    const { outcome } = event;
    const received = this.#received.take(outcome)?.bytes ?? 0;
    if (outcome.kind === "cancelled") return;
    const line = jobLogLine(logCells(outcome, received, this.#commandOf(outcome)));
    try {
      this.#sink.put(line);
    } catch {
      // Whoever can end the run was told when the first write failed.
    }
  }

  /**
   * Resolves when every line is in the file.
   *
   * @throws What writing threw.
   */
  end(): Promise<void> {
    return this.#sink.flush();
  }

  /** Writes what it can, and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.[Symbol.asyncDispose]();
  }

  #count(job: JobStarted): void {
    const received = { bytes: 0 };
    this.#received.set(job, received);
    job.output.tap((stream, { length }) => {
      if (stream === "stdout") received.bytes += length;
    });
  }
}

/** An outcome that is logged: what was cancelled has not been done, and is not. */
export type LoggedOutcome = Exclude<Outcome, { readonly kind: "cancelled" }>;

/** What the columns are called. */
export const LOG_COLUMNS = [
  ...["Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive", "Exitval", "Signal", "Command"],
] as const;

/** The first line of a log. */
export const JOB_LOG_HEADING: string = `${LOG_COLUMNS.join("\t")}\n`;

/** How wide GNU parallel sets the runtime. */
const RUNTIME_WIDTH = 10;

/**
 * What is logged of an outcome, in the order of {@link LOG_COLUMNS}; times are in seconds.
 *
 * @param received How many bytes the job wrote to stdout.
 * @param command The command as it is logged.
 */
export function logCells(outcome: LoggedOutcome, received: number, command: string): string[] {
  const { index, startedAt, durationMs, host = ":" } = outcome;
  // The milliseconds of a start are rounded and those of a runtime cut off, as GNU parallel has it.
  const start = (startedAt / 1000).toFixed(3);
  const runtime = (Math.floor(durationMs) / 1000).toFixed(3);
  const seq = `${jobNumber(index)}`;
  return [seq, host, start, runtime, "0", `${received}`, ...exitOf(outcome).map(String), command];
}

/** What it exited with, 127 if it could not be started, as a shell says, -1 if that is not known; and the signal, or 0. */
function exitOf(outcome: LoggedOutcome): [exitCode: number, signal: number] {
  if (outcome.kind === "done") return [0, 0];
  const { name, fields } = outcome.error;
  const signal = typeof fields?.signal === "string" ? signalNumber(fields.signal) : 0;
  if (typeof fields?.code === "number") return [fields.code, signal];
  if (name === "Signal") return [0, signal];
  return [name === "NotStarted" ? 127 : -1, signal];
}

/** The number of a signal, which is its name where it has no other. */
function signalNumber(name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  // Not imported: that takes 6 ms, and hardly any run needs it.
  const { signals } = process.getBuiltinModule("node:os").constants;
  return Object.entries(signals).find(([known]) => known === name)?.[1] ?? 0;
}

/** Cells as a line of the log. A line end in the command becomes a NUL. */
export function jobLogLine(cells: readonly string[]): string {
  const shown = cells.map((cell, i) => {
    if (LOG_COLUMNS[i] === "JobRuntime") return cell.padStart(RUNTIME_WIDTH);
    return LOG_COLUMNS[i] === "Command" ? cell.replaceAll("\n", "\0") : cell;
  });
  return `${shown.join("\t")}\n`;
}

/** How much is shown of what is no log, in characters. */
const SHOWN = 60;

/** A line, as far as it says which job has ended and how; the command behind it may hold anything. */
const LINE = /^(\d+)\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*\t(-?\d+)\t(-?\d+)\t/;

/**
 * The indices of the jobs that are not done again: those that the log has by their number, whatever their inputs
 * are now. None if there is no such file.
 *
 * A line that a run was killed in is none.
 *
 * @param joblog The log, as `--joblog` names it.
 * @param how Whether those are done again that have never ended well.
 * @throws {Fault} Of kind `usage` if the log is stdout, `input` if the file is no log.
 */
export async function jobsInLog(
  joblog: string,
  { repeatsFailed }: { readonly repeatsFailed: boolean },
): Promise<ReadonlySet<number>> {
  const path = joblog.replace(/^\+/, "");
  if (path === "-") throw new Fault("usage", "Cannot combine --resume and --joblog -");
  const found = new Set<number>();
  let isFirst = true;
  for await (const line of linesOf(path)) {
    if (isFirst) checkFirst(path, line);
    isFirst = false;
    const [, seq, exitCode, signal] = LINE.exec(line) ?? [];
    if (seq === undefined) continue;
    const isWell = Number(exitCode) === 0 && Number(signal) === 0;
    if (isWell || !repeatsFailed) found.add(Number(seq) - 1);
  }
  return found;
}

/** Jobs that are as good as cancelled: nothing is known of them but that they are not to be done. */
export function passingOver(indices: ReadonlySet<number>): PriorOutcomes {
  const error = { name: "Cancelled", message: "the log has it" };
  const passed: PriorOutcome = { ending: { kind: "cancelled", error }, attempts: 1 };
  return {
    find: (first, inputs) => {
      const offsets = Array.from(inputs.keys()).filter((offset) => indices.has(first + offset));
      return new Map(offsets.map((offset) => [offset, passed]));
    },
  };
}

/** The lines of a file, none if it is not there; of a command in them bytes may be no UTF-8. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("latin1");
  let rest = "";
  try {
    for await (const bytes of (await Deno.open(path)).readable) {
      const lines = (rest + decoder.decode(bytes)).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
    if (rest !== "") yield rest;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return;
    throw new Fault("usage", `Cannot read --joblog "${path}": ${messageOf(cause)}`, { cause });
  }
}

/** GNU parallel begins a new `+FILE` without a heading. */
function checkFirst(path: string, text: string): void {
  if (`${text}\n` === JOB_LOG_HEADING || LINE.test(text)) return;
  const found = `found ${JSON.stringify(shortened(text, SHOWN))}`;
  const wanted = `wanted ${LOG_COLUMNS[0]} and the other columns of a log`;
  throw new Fault("input", `Cannot go on with --joblog "${path}": ${found}, ${wanted}`, {
    at: { file: path, line: 1 },
  });
}
