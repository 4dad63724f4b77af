/**
 * The rows of CSV and TSV, as inputs.
 *
 * @module
 */

import { CsvRows } from "./csv_rows.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { Parser } from "./parsed.ts";
import type { Flaw } from "../unreadable.ts";

/** How a table is read. */
export interface CsvForm {
  /** One character between fields. */
  readonly separator: string;
  /** Whether the first row names the columns. */
  readonly header: boolean;
}

/** A row: the fields in order, or by the names of their columns. */
export type CsvRow = string[] | Record<string, string>;

/**
 * The rows of a table; all fields are strings.
 *
 * How fields are quoted is told at {@linkcode CsvRows}. With a header, rows are records of its columns,
 * also of one that is named `__proto__`; without, they are lists. It is a flaw if two columns have the same name or one
 * has none, a row has more or fewer fields than the first, or quotes are wrong.
 */
export class CsvParser implements Parser<CsvRow> {
  readonly #lines = new LineSplitter("\n");
  readonly #rows: CsvRows;
  readonly #hasHeader: boolean;
  /** How many fields a row has; known after the first. */
  #width?: number;
  #names: readonly string[] = [];
  /** A record of empty fields. */
  #blank: Readonly<Record<string, string>> = {};
  #flaw?: Flaw;

  constructor({ separator, header }: CsvForm) {
    this.#rows = new CsvRows(separator);
    this.#hasHeader = header;
  }

  get flaw(): Flaw | undefined {
    return this.#flaw ?? this.#rows.flaw ?? this.#lines.flaw;
  }

  push(bytes: Uint8Array): CsvRow[] {
    return this.#read(this.#lines.push(bytes));
  }

  end(): CsvRow[] {
    const rows = this.#read(this.#lines.end());
    if (!this.flaw) this.#rows.end();
    return rows;
  }

  #read(lines: readonly string[]): CsvRow[] {
    const rows: CsvRow[] = [];
    for (const line of lines) {
      const fields = this.#rows.read(line);
      const row = fields && this.#rowOf(fields);
      if (row) rows.push(row);
      else if (this.#flaw || this.#rows.flaw) break;
    }
    return rows;
  }

  /** `undefined` for the header, and for a row with a flaw. */
  #rowOf(fields: string[]): CsvRow | undefined {
    if (this.#width === undefined) {
      this.#width = fields.length;
      if (this.#hasHeader) return this.#readHeader(fields);
    }
    if (fields.length !== this.#width) return this.#breakRagged(fields.length, this.#width);
    return this.#hasHeader ? this.#recordOf(fields) : fields;
  }

  #recordOf(fields: readonly string[]): Record<string, string> {
    // As the copy has every column already, `__proto__` is set like any other.
    const record = { ...this.#blank };
    for (let i = 0; i < fields.length; i++) record[this.#names[i] ?? ""] = fields[i] ?? "";
    return record;
  }

  #readHeader(names: readonly string[]): undefined {
    const seen = new Set<string>();
    const twice = names.find((name) => seen.size === seen.add(name).size);
    const nameless = names.indexOf("");
    if (nameless !== -1) {
      this.#breakHeader(`column ${nameless + 1} has no name, wanted one`);
    } else if (twice !== undefined) {
      this.#breakHeader(`two columns are named ${JSON.stringify(twice)}, wanted a name for each`);
    }
    this.#names = names;
    this.#blank = Object.fromEntries(names.map((name) => [name, ""]));
  }

  #breakHeader(reason: string): void {
    const hint = "if the first row is no header, say so with header: false";
    this.#flaw = { reason, line: this.#rows.startLine, hint };
  }

  #breakRagged(found: number, wanted: number): undefined {
    const fields = found === 1 ? "1 field" : `${found} fields`;
    const model = this.#hasHeader ? "header" : "first row";
    const reason = `row has ${fields}, wanted ${wanted} as in the ${model}`;
    this.#flaw = { reason, line: this.#rows.startLine };
  }
}
