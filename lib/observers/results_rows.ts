/**
 * Results as a table, in the columns of GNU parallel: a row as pieces, so that output of any size
 * passes through.
 *
 * @module
 */

import { LOG_COLUMNS, logCells, type LogRow } from "./joblog_rows.ts";
import type { TableFormat } from "./results_where.ts";

/** What a job wrote to one stream. */
export interface Cell {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Whether {@link Table.needsQuotes} holds for any of it. */
  readonly isQuoted: boolean;
}

/** A job that has ended. */
export interface TableRow {
  readonly log: LogRow;
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
  if (format === "json") return new JsonTable();
  return new CsvTable(format === "csv" ? "," : "\t", names);
}

const QUOTE = 0x22;

/**
 * Cells with white space, a quote or a separator stand in quotes; what jobs wrote is there byte for
 * byte. A job with fewer values than the first has empty ones.
 */
class CsvTable implements Table {
  readonly #separator: string;
  readonly #special: RegExp;
  readonly #quoted: ReadonlySet<number>;
  readonly #names: readonly string[];
  /** How many values the heading names, once there is one. */
  #width?: number;

  constructor(separator: string, names: readonly string[]) {
    this.#separator = separator;
    this.#names = names;
    const special = `\0\t\n\v\f\r "${separator}`;
    this.#special = new RegExp(`[${special}]`);
    this.#quoted = new Set(new TextEncoder().encode(special));
  }

  needsQuotes(bytes: Uint8Array): boolean {
    return bytes.some((byte) => this.#quoted.has(byte));
  }

  async *row({ log, args, stdout, stderr }: TableRow): AsyncGenerator<string | Uint8Array> {
    if (this.#width === undefined) {
      this.#width = Math.max(args.length, this.#names.length);
      yield `${this.#line([...LOG_COLUMNS, ...this.#columns(this.#width), "Stdout", "Stderr"])}\n`;
    }
    const none = Array.from({ length: Math.max(0, this.#width - args.length) }, () => "");
    yield this.#line([...logCells(log), ...args, ...none]);
    for (const cell of [stdout, stderr]) {
      yield this.#separator;
      yield* piecesOf(cell);
    }
    yield "\n";
  }

  /** `V1`, `V2`… for sources that have no name. */
  #columns(width: number): string[] {
    return Array.from({ length: width }, (_, i) => this.#names[i] ?? `V${i + 1}`);
  }

  #line(cells: readonly string[]): string {
    return cells.map((cell) => this.#special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
      .join(this.#separator);
  }
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
class JsonTable implements Table {
  needsQuotes(): boolean {
    return true;
  }

  async *row({ log, args, stdout, stderr }: TableRow): AsyncGenerator<string> {
    const fields = logCells(log).map((cell, i) => {
      const key = LOG_COLUMNS[i];
      return `"${key}": ${key === "Host" || key === "Command" ? quoted(cell) : cell}`;
    });
    yield `{ ${fields.join(", ")}, "V": [ ${args.map(quoted).join(",")} ], "Stdout": "`;
    yield* escapedText(stdout);
    yield '", "Stderr": "';
    yield* escapedText(stderr);
    yield '" }\n';
  }
}

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
