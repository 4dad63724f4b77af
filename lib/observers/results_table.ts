/**
 * Results as one table.
 *
 * @module
 */

import { Spool, SpoolStore } from "../engines/spools/spool.ts";
import type { RunEvent } from "../events.ts";
import type { Outcome, Output } from "../job.ts";
import { type LoggedOutcome, logRow } from "./joblog_rows.ts";
import { type Table, tableOf, type TableRow } from "./results_rows.ts";
import type { Where } from "./results_where.ts";
import type { Sink } from "../output/sink.ts";
import { FileSink, LAST_WRITE_MS } from "./file_sink.ts";
import { atMost } from "../watchdog/signals.ts";
import type { Results, ResultsOptions } from "./job_results.ts";

/** What a job has written until now. */
interface Held {
  readonly spool: Spool;
  /** Bytes of stdout. */
  received: number;
  readonly isQuoted: Record<"stdout" | "stderr", boolean>;
}

/**
 * Writes a row when a job has ended, or when its turn has come. Until then what it writes is held beside, in memory up
 * to 16 MiB for all jobs and then in a file; a row is never in memory whole.
 */
export class ResultsTable implements Results {
  readonly #options: ResultsOptions;
  readonly #file?: FileSink;
  readonly #sink: Sink;
  readonly #table: Table;
  readonly #store = new SpoolStore();
  readonly #running = new Map<number, Held>();
  /** Rows whose turn has not come, none of a job that was cancelled, and the index of the one whose turn it is. */
  readonly #waiting = new Map<number, TableRow | undefined>();
  #next = 0;
  /** Resolves when the rows until now are put. */
  #putting: Promise<void> = Promise.resolve();
  #failure?: { readonly reason: unknown };

  /** @throws {Fault} Of kind `usage`, if the file cannot be opened. */
  constructor({ format, path }: Extract<Where, { kind: "table" }>, options: ResultsOptions) {
    this.#options = options;
    this.#table = tableOf(format, options.names);
    if (path !== undefined) {
      const onFailure = (reason: unknown) => this.#fail(reason);
      this.#file = new FileSink(path, { option: "--results", onFailure });
    }
    this.#sink = this.#file?.sink ?? options.stdout;
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "job-started") this.#hold(event.index, event.output);
    if (event.kind === "job-ended") this.#ended(event.outcome);
    if (event.kind === "job-kept") {
      const { index, output } = event.outcome;
      if (output) this.#hold(index, output);
      this.#ended(event.outcome);
    }
  }

  async end(): Promise<void> {
    // Of a run that was stopped, turns may never come.
    for (const index of [...this.#waiting.keys()].sort((a, b) => a - b)) this.#put(index);
    await this.#putting;
    if (this.#failure) throw this.#failure.reason;
    await this.#sink.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await atMost(LAST_WRITE_MS, this.end().catch(() => {}));
    await this.#file?.[Symbol.asyncDispose]();
    this.#store[Symbol.dispose]();
  }

  #hold(index: number, output: Output): void {
    this.#running.get(index)?.spool.drop();
    const held = this.#held();
    this.#running.set(index, held);
    output.tap((stream, bytes) => {
      if (stream === "stdout") held.received += bytes.length;
      held.isQuoted[stream] ||= this.#table.needsQuotes(bytes);
      try {
        held.spool.write(stream, bytes);
      } catch (fault) {
        this.#fail(fault);
      }
    });
  }

  #held(): Held {
    const isQuoted = { stdout: false, stderr: false };
    return { spool: new Spool(this.#store), received: 0, isQuoted };
  }

  #ended(outcome: Outcome): void {
    const { index } = outcome;
    const held = this.#running.get(index) ?? this.#held();
    this.#running.delete(index);
    held.spool.end();
    if (outcome.kind === "cancelled") held.spool.drop();
    this.#waiting.set(index, outcome.kind === "cancelled" ? undefined : this.#row(outcome, held));
    if (!this.#options.isOrdered) return this.#put(index);
    while (this.#waiting.has(this.#next)) this.#put(this.#next++);
  }

  #row(outcome: LoggedOutcome, { spool, received, isQuoted }: Held): TableRow {
    const { argsOf, commandOf } = this.#options;
    const cell = (stream: "stdout" | "stderr") => ({
      bytes: spool.read(stream),
      isQuoted: isQuoted[stream],
    });
    const log = logRow(outcome, received, commandOf(outcome));
    return { log, args: argsOf(outcome.input), stdout: cell("stdout"), stderr: cell("stderr") };
  }

  #put(index: number): void {
    const row = this.#waiting.get(index);
    this.#waiting.delete(index);
    if (!row) return;
    this.#putting = this.#putting.then(async () => {
      try {
        if (this.#failure) return;
        for await (const piece of this.#table.row(row)) await this.#sink.put(piece);
      } catch (reason) {
        this.#fail(reason);
      }
    });
  }

  #fail(reason: unknown): void {
    if (this.#failure) return;
    this.#failure = { reason };
    this.#options.onFailure(reason);
  }
}
