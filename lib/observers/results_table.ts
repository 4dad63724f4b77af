/**
 * Results as one table, in the columns of GNU parallel.
 *
 * @module
 */

import { drain } from "../output/turn.ts";
import { Spool, SpoolStore } from "../engines/spools/spool.ts";
import type { RunEvent, RunObserver } from "../events.ts";
import type { Outcome, Output } from "../job.ts";
import { type JobKey, JobMap } from "../job_map.ts";
import type { Sink } from "../output/sink.ts";
import { FileSink, LAST_WRITE_MS } from "./file_sink.ts";
import { atMost } from "../watchdog/signals.ts";
import { LOG_COLUMNS, logCells, type LoggedJob, type LoggedOutcome } from "./joblog.ts";

/** What a table of results is written as. */
export type TableFormat = "csv" | "tsv" | "json";

/** What a table of results needs of the run. */
export interface TableOptions {
  /** What the sources are called, from a header. */
  readonly names: readonly string[];
  /** The values of the sources; does not throw. */
  readonly argsOf: (input: unknown) => readonly string[];
  /** The command as it is logged; does not throw. */
  readonly commandOf: (job: LoggedJob) => string;
  /** Whether rows come in input order, as with `--keep-order`, rather than as jobs end. */
  readonly isOrdered: boolean;
  /** Where a table without a path goes. */
  readonly stdout: Sink;
  /** Told of the first write that fails, at once: a {@link Fault} of kind `engine`. */
  readonly onFailure: (reason: unknown) => void;
}

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
export class ResultsTable implements RunObserver, AsyncDisposable {
  readonly #options: TableOptions;
  readonly #file?: FileSink;
  readonly #sink: Sink;
  readonly #table: Table;
  readonly #store = new SpoolStore();
  readonly #running = new JobMap<Held>();
  /** Rows whose turn has not come, none of a job that was cancelled, and the index of the one whose turn it is. */
  readonly #waiting = new Map<number, TableRow | undefined>();
  #next = 0;
  /** Resolves when the rows until now are put. */
  #putting: Promise<void> = Promise.resolve();
  #failure?: { readonly reason: unknown };

  /** @throws {Fault} Of kind `usage`, if the file cannot be opened. */
  constructor(
    { format, path }: { readonly format: TableFormat; readonly path?: string },
    options: TableOptions,
  ) {
    this.#options = options;
    this.#table = tableOf(format, options.names);
    if (path !== undefined) {
      this.#file = new FileSink(path, "--results", (reason) => this.#fail(reason));
    }
    this.#sink = this.#file?.sink ?? options.stdout;
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "job-started") this.#hold(event, event.output);
    if (event.kind === "job-ended") this.#ended(event.outcome);
    if (event.kind === "job-kept") {
      const { output } = event.outcome;
      if (output) this.#hold(event.outcome, output);
      this.#ended(event.outcome);
    }
  }

  /**
   * Resolves when all is written.
   *
   * @throws What writing threw.
   */
  async end(): Promise<void> {
    // Of a run that was stopped, turns may never come.
    for (const index of [...this.#waiting.keys()].sort((a, b) => a - b)) this.#put(index);
    await this.#putting;
    if (this.#failure) throw this.#failure.reason;
    await this.#sink.flush();
  }

  /** Writes what it can of the jobs that have ended, and closes its file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await atMost(LAST_WRITE_MS, this.end().catch(() => {}));
    await this.#file?.[Symbol.asyncDispose]();
    this.#store[Symbol.dispose]();
  }

  #hold(job: JobKey, output: Output): void {
    this.#running.get(job)?.spool.drop();
    const held = this.#held();
    this.#running.set(job, held);
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
    const held = this.#running.take(outcome) ?? this.#held();
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
    const log = logCells(outcome, received, commandOf(outcome));
    return { log, args: argsOf(outcome.input), stdout: cell("stdout"), stderr: cell("stderr") };
  }

  #put(index: number): void {
    const row = this.#waiting.get(index);
    this.#waiting.delete(index);
    if (!row) return;
    this.#putting = this.#putting.then(async () => {
      try {
        if (this.#failure) return;
        await drain(this.#table.row(row), this.#sink);
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

/** What a job wrote to one stream. */
export interface Cell {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Whether {@link Table.needsQuotes} holds for any of it. */
  readonly isQuoted: boolean;
}

/** A job that has ended. */
export interface TableRow {
  /** The cells of {@link LOG_COLUMNS}. */
  readonly log: readonly string[];
  /** The values of the sources. */
  readonly args: readonly string[];
  readonly stdout: Cell;
  readonly stderr: Cell;
}

/** A table that is written row by row. */
export interface Table {
  /** Whether a cell with these bytes stands in quotes. */
  needsQuotes(bytes: Uint8Array): boolean;
  /** The pieces of the next row, to be read before another is asked for; the heading comes with the first. */
  row(row: TableRow): AsyncIterable<string | Uint8Array>;
}

/**
 * A table without rows.
 *
 * @param names What the sources are called, where they have names.
 */
export function tableOf(format: TableFormat, names: readonly string[]): Table {
  if (format === "json") return JSON_TABLE;
  return csvTable(format === "csv" ? "," : "\t", names);
}

const QUOTE = 0x22;

/**
 * Cells with white space, a quote or a separator stand in quotes; what jobs wrote is there byte for
 * byte. A job with fewer values than the first has empty ones.
 */
function csvTable(separator: string, names: readonly string[]): Table {
  const special = `\0\t\n\v\f\r "${separator}`;
  const isSpecial = new RegExp(`[${special}]`);
  const quoted = new Set(new TextEncoder().encode(special));
  const lineOf = (cells: readonly string[]) =>
    cells.map((cell) => isSpecial.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
      .join(separator);
  /** How many values the heading names, once there is one. */
  let width: number | undefined;
  return {
    needsQuotes: (bytes) => bytes.some((byte) => quoted.has(byte)),
    async *row({ log, args, stdout, stderr }) {
      if (width === undefined) {
        width = Math.max(args.length, names.length);
        const columns = Array.from({ length: width }, (_, i) => names[i] ?? `V${i + 1}`);
        yield `${lineOf([...LOG_COLUMNS, ...columns, "Stdout", "Stderr"])}\n`;
      }
      const none = Array.from({ length: Math.max(0, width - args.length) }, () => "");
      yield lineOf([...log, ...args, ...none]);
      for (const cell of [stdout, stderr]) {
        yield separator;
        yield* piecesOf(cell);
      }
      yield "\n";
    },
  };
}

async function* piecesOf({ bytes, isQuoted }: Cell): AsyncGenerator<string | Uint8Array> {
  if (isQuoted) yield '"';
  for await (const piece of bytes) yield quotesDoubled(piece);
  if (isQuoted) yield '"';
}

function quotesDoubled(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(QUOTE)) return bytes;
  const count = bytes.reduce((sum, byte) => byte === QUOTE ? sum + 1 : sum, 0);
  const doubled = new Uint8Array(bytes.length + count);
  let at = 0;
  for (const byte of bytes) {
    doubled[at++] = byte;
    if (byte === QUOTE) doubled[at++] = byte;
  }
  return doubled;
}

/** An object a line, with the values in a list. Bytes that are no UTF-8 become U+FFFD, for JSON has none. */
const JSON_TABLE: Table = {
  needsQuotes: () => true,
  async *row({ log, args, stdout, stderr }) {
    const fields = log.map((cell, i) => {
      const key = LOG_COLUMNS[i];
      return `"${key}": ${key === "Host" || key === "Command" ? quoted(cell) : cell}`;
    });
    yield `{ ${fields.join(", ")}, "V": [ ${args.map(quoted).join(",")} ], "Stdout": "`;
    yield* escapedText(stdout);
    yield '", "Stderr": "';
    yield* escapedText(stderr);
    yield '" }\n';
  },
};

async function* escapedText({ bytes }: Cell): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const piece of bytes) yield escaped(decoder.decode(piece, { stream: true }));
  yield escaped(decoder.decode());
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** As GNU parallel writes it: a control character is always four digits. */
function escaped(text: string): string {
  return text.replaceAll(
    /["\\]|[^ -\uffff]/g,
    (found) =>
      found >= " " ? `\\${found}` : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
