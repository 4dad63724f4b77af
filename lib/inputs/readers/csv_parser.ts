/**
 * The rows of CSV and TSV, as inputs.
 *
 * @module
 */

import type { Flaw } from "../unreadable.ts";
import { LineSplitter } from "./line_splitter.ts";
import { LONGEST, type Parser } from "./parsed.ts";

/** How many lines of a field are held as they are. */
const FOLD = 1024;

/**
 * Joins and cuts lines into rows of fields, by RFC 4180.
 *
 * A field that begins with a quote goes on to the next quote that stands alone, over separators and
 * newlines; two quotes in it are one. Quotes further on in any other field are text. A CR before
 * the newline belongs to the end of the row. A line without any character is no row, as in
 * Python's `csv.DictReader`, so the empty value of a table of one column is written `""`.
 */
class CsvRows {
  readonly #separator: string;
  #line = 0;
  /** The line that the last row begins at, from 1. */
  startLine = 0;
  /** What is complete of a row whose quoted field goes on in the next line. */
  #fields: string[] = [];
  /** The line at which that field begins. */
  #openLine?: number;
  /** Its lines so far, of which the first `#folded` are many in one. */
  #lines: string[] = [];
  #folded = 0;
  #length = 0;
  /** Why the last line completed no row; nothing is to be read after it. */
  flaw?: Flaw;

  constructor(separator: string) {
    this.#separator = separator;
  }

  /** The row that a line completes; `undefined` if it completes none, or has a flaw. */
  read(line: string): string[] | undefined {
    this.#line++;
    if (this.#openLine !== undefined) return this.#readQuoted(line);
    if (line === "" || line === "\r") return undefined;
    this.startLine = this.#line;
    if (line.includes('"')) return this.#readQuoted(line);
    const end = this.#endOf(line, 0);
    if (end === undefined) return undefined;
    return (end === line.length ? line : line.slice(0, end)).split(this.#separator);
  }

  /** Tells that no line follows; a field that is still open is a flaw. */
  end(): void {
    if (this.#openLine !== undefined) this.#break("quote is not closed", this.#openLine);
  }

  #readQuoted(line: string): string[] | undefined {
    const separator = this.#separator;
    const fields = this.#fields;
    for (let at = 0;;) {
      if (this.#openLine === undefined && line[at] !== '"') {
        const next = line.indexOf(separator, at);
        const end = next === -1 ? this.#endOf(line, at) : next;
        if (end === undefined) return undefined;
        const field = line.slice(at, end);
        if (field.includes("\r")) return this.#breakAtCr();
        fields.push(field);
        if (next === -1) return this.#complete();
        at = next + separator.length;
        continue;
      }
      const close = this.#readOpen(line, at);
      if (close === undefined) return undefined;
      if (line.startsWith(separator, close)) {
        at = close + separator.length;
      } else if (close === line.length || line.slice(close) === "\r") {
        return this.#complete();
      } else {
        return this.#break(
          "text follows a closing quote, wanted a separator or the end of the row",
        );
      }
    }
  }

  /** Reads a quoted field up to behind its closing quote; `undefined` if the line has none. */
  #readOpen(line: string, start: number): number | undefined {
    let from = start;
    if (this.#openLine === undefined) {
      this.#openLine = this.#line;
      from++;
    }
    let quote = line.indexOf('"', from);
    let hasPairs = false;
    while (quote !== -1 && line[quote + 1] === '"') {
      hasPairs = true;
      quote = line.indexOf('"', quote + 2);
    }
    const written = line.slice(from, quote === -1 ? undefined : quote);
    const text = hasPairs ? written.replaceAll('""', '"') : written;
    if (quote === -1) {
      this.#hold(text, this.#openLine);
      return undefined;
    }
    this.#fields.push(this.#close(text));
    return quote + 1;
  }

  #hold(text: string, openLine: number): void {
    this.#lines.push(text);
    this.#length += text.length + 1;
    if (this.#lines.length === this.#folded + FOLD) {
      // A line costs several times its length, and many are a string at once.
      this.#lines.push(this.#lines.splice(this.#folded).join("\n"));
      this.#folded++;
    }
    if (this.#length > LONGEST) {
      this.#break(`quote is not closed within ${LONGEST} characters`, openLine);
    }
  }

  /** The text of the field that ends so. */
  #close(text: string): string {
    this.#openLine = undefined;
    if (this.#lines.length === 0) return text;
    const lines = this.#lines;
    this.#lines = [];
    this.#folded = 0;
    this.#length = 0;
    lines.push(text);
    return lines.join("\n");
  }

  /** Where the text of the last field of a row ends, if it is not quoted. */
  #endOf(line: string, start: number): number | undefined {
    const at = line.indexOf("\r", start);
    if (at === -1) return line.length;
    if (at === line.length - 1) return at;
    return this.#breakAtCr();
  }

  #breakAtCr(): undefined {
    return this.#break("CR stands amid a row, wanted a newline after it or quotes around it");
  }

  #complete(): string[] {
    const fields = this.#fields;
    this.#fields = [];
    return fields;
  }

  #break(reason: string, line = this.#line): undefined {
    this.flaw = { reason, line };
  }
}

/** A row: the fields in order, or by the names of their columns. */
type CsvRow = string[] | Record<string, string>;

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

  constructor({ separator, header }: { readonly separator: string; readonly header: boolean }) {
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
