/**
 * `--joblog FILE`: a line for each job that has ended.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import type { RunEvent } from "../events.ts";
import type { Output } from "../job.ts";
import { JOB_LOG_HEADING, jobLogLine, logRow } from "./joblog_rows.ts";
import type { Sink } from "../output/sink.ts";
import { FileSink } from "./file_sink.ts";

/** A job, as far as its command depends on it. */
export interface LoggedJob {
  readonly input: unknown;
  /** Position in the inputs, from 0. */
  readonly index: number;
  /** The slot it ran on, from 1. */
  readonly slot: number;
}

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
export class JobLog implements AsyncDisposable {
  readonly #commandOf: JobLogOptions["commandOf"];
  readonly #file?: FileSink;
  readonly #sink: Sink;
  /** Bytes that the jobs that run have written to stdout. */
  readonly #received = new Map<number, { bytes: number }>();

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
    if (path !== "-") this.#file = new FileSink(path, { option: "--joblog", append, onFailure });
    this.#sink = this.#file?.sink ?? stdout;
    if (this.#file?.wasEmpty ?? true) this.#sink.put(JOB_LOG_HEADING);
  }

  /** Hears of everything. */
  onEvent(event: RunEvent): void {
    if (event.kind === "job-started") this.#count(event.index, event.output);
    if (event.kind !== "job-ended") return;
    const { outcome } = event;
    const { index } = outcome;
    const received = this.#received.get(index)?.bytes ?? 0;
    this.#received.delete(index);
    if (outcome.kind === "cancelled") return;
    this.#put(jobLogLine(logRow(outcome, received, this.#commandOf(outcome))));
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

  #count(index: number, output: Output): void {
    const received = { bytes: 0 };
    this.#received.set(index, received);
    output.tap((stream, { length }) => {
      if (stream === "stdout") received.bytes += length;
    });
  }

  #put(line: string): void {
    try {
      this.#sink.put(line);
    } catch {
      // Whoever can end the run was told when the first write failed.
    }
  }
}
