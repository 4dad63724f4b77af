/**
 * The inputs that a command line names, as a source.
 *
 * @module
 */

import { resolve } from "node:path";
import { Fault, messageOf, type Mistake } from "../../fault.ts";
import { flawsOf, sourceText } from "../../inputs/facts.ts";
import { openInputs } from "../../inputs/open.ts";
import { type Bytes, parsed } from "../../inputs/readers/parsed.ts";
import type { Source } from "../../job.ts";
import { jsonLoss } from "../../json/exact_json.ts";
import { later } from "../../streams/iteration.ts";
import { shortened } from "../../text/shown.ts";
import type { Io } from "../command.ts";
import type { Stdin } from "../own_process.ts";
import { type InputsRequest, isStdin, type NamedSource, type Reading } from "./inputs_request.ts";

export interface NamedInputs {
  readonly source: Source;
  /** What the elements of inputs that are lists are called, from a header. */
  readonly columns?: readonly string[];
  readonly batch: number;
  /** How many values each input that was read has, where several of them are one, and it is known. */
  readonly width?: number;
}

/**
 * The inputs of a command line.
 *
 * With one source an input is a text, or with `--json` what that says. Of several sources and of columns it
 * is a list, in which the last source varies fastest; `--max-args` joins such lists. Nothing is read yet but a header.
 *
 * @param options Whether an input with a header is a record, else it is a text or a list; and stdin, if it is another.
 * @throws {Fault} Of kind `usage` if several are stdin, `input` if files or a header cannot be read.
 */
export async function namedInputs(
  { sources, reading, batch: wanted }: InputsRequest,
  options: { readonly asRecords: boolean; readonly stdin?: Stdin },
  { tell, watchdog }: Pick<Io, "tell" | "watchdog">,
): Promise<NamedInputs> {
  // What has no quantifier is not tried in more ways than there are characters.
  if (/[*+{?]/.test(reading.colsep?.source ?? "")) watchdog.watch("the expression of --colsep");
  await watchdog.listens;
  const fromStdin = sources.filter(isStdin);
  if (fromStdin.length > 1) throw new Fault("usage", "Cannot read inputs from stdin twice");
  if (fromStdin.length > 0 && (options.stdin ?? Deno.stdin).isTerminal()) {
    await tell("reading inputs from the terminal, one a line; Ctrl-D ends them");
  }
  await lookAt(sources, reading);
  const parts: Part[] = [];
  for (const one of sources) parts.push(await partOf(one, reading, options.stdin));
  // Whether an input is a list: of what the sources have, or of columns.
  const isRow = parts.length > 1 || reading.isTable;
  const rows = rowsOf(parts, reading.isTable);
  const names = reading.hasHeader ? parts.flatMap(({ names }) => names) : undefined;
  const batch = wanted();
  if (names && options.asRecords) {
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw new Fault("input", `Cannot name two columns "${twice}"`);
    const records = mapped(rows, (row) => recordFrom(names, isRow ? row as unknown[] : [row]));
    return { source: batched(records, batch, false), batch: batch ?? 1 };
  }
  const source = batched(rows, batch, isRow);
  const width = names?.length ?? (reading.isTable ? undefined : parts.length);
  return { source, columns: names, batch: batch ?? 1, width: batch && width };
}

/** @throws {Fault} Of kind `input`, if files cannot be read; all of them are told. */
async function lookAt(sources: readonly NamedSource[], reading: Reading): Promise<void> {
  const files = new Map(sources.flatMap((one) => one.path === undefined ? [] : [[one.path, one]]));
  if (files.size === 0) return;
  const { inputFault } = await import("../../inputs/unreadable.ts");
  const mistakes: Mistake[] = [];
  for (const file of files.values()) {
    for (const { flaw, origin } of await flawsOf(textsOf(file, reading))) {
      mistakes.push(...inputFault(origin, flaw).mistakes);
    }
  }
  const [first, ...others] = mistakes;
  if (first) throw Fault.of("input", [first, ...others]);
}

interface Part {
  readonly source: Source;
  readonly names: readonly string[];
  readonly isLinked: boolean;
}

async function partOf(named: NamedSource, reading: Reading, stdin?: Stdin): Promise<Part> {
  const { isLinked } = named;
  const text = textsOf(named, reading);
  const valued = (source: Source) => reading.isJson ? mapped(source, fromJson) : source;
  if (!reading.hasHeader) return { source: valued(text), names: [], isLinked };
  const { first, source } = await rest(
    openInputs(text, { openStdin: stdin?.open }),
    `${sourceText(text)} behind the header`,
  );
  const texts = Array.isArray(first) ? first : first === undefined ? [] : [first];
  // Of a line of a file with CRLF, the name is what stands before both.
  const names = texts.map((text) => String(text).replace(/\r$/, ""));
  return { source: valued(source), names, isLinked };
}

/** All sources in one: every combination of groups, in which linked ones go in step. */
function rowsOf(parts: readonly Part[], isTable: boolean): Source {
  const [only] = parts;
  if (only && parts.length === 1) return only.source;
  const groups: Source[][] = [];
  for (const { source, isLinked } of parts) {
    const last = groups.at(-1);
    if (isLinked && last) last.push(source);
    else groups.push([source]);
  }
  const zipped = groups.map((parts): Source => ({ kind: "zip", parts }));
  const depth = isTable ? 2 : 1;
  return mapped({ kind: "product", parts: zipped }, (row) => (row as unknown[]).flat(depth));
}

function batched(rows: Source, batch: number | undefined, isRow: boolean): Source {
  if (batch === undefined) return rows;
  const source: Source = { kind: "modified", source: rows, batch };
  return isRow ? mapped(source, (rows) => (rows as unknown[]).flat()) : source;
}

function recordFrom(names: readonly string[], row: readonly unknown[]): Record<string, unknown> {
  if (row.length !== names.length) {
    const found = `${row.length} ${row.length === 1 ? "column" : "columns"}`;
    const cannot = `Cannot read the input ${JSON.stringify(row)}`;
    throw new Fault("input", `${cannot}: found ${found}, wanted ${names.length} as in the header`);
  }
  return Object.fromEntries(row.map((value, i) => [names[i] as string, value]));
}

function textsOf({ values, path }: NamedSource, { nul, csv, colsep }: Reading): Source {
  const absolute = path === undefined ? undefined : resolve(path);
  if (csv !== undefined) {
    const how = { separator: csv, header: false } as const;
    if (!values) return { kind: "csv", path: absolute, ...how };
    return {
      kind: "iterable",
      isOwn: true,
      text: "rows of the command line",
      open: () =>
        later(async () => {
          const { CsvParser } = await import("../../inputs/readers/csv_parser.ts");
          return parsed(bytesOfValues(values), () => new CsvParser(how));
        }),
    };
  }
  const source: Source = values ? { kind: "list", values } : { kind: "lines", path: absolute, nul };
  return colsep ? mapped(source, (text) => columnsOf(String(text), colsep)) : source;
}

/**
 * The first of some inputs, and a source of the others, which can be read once.
 *
 * @param text What those others are, in words.
 */
async function rest(
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
  text: string,
): Promise<{ readonly first: unknown; readonly source: Source }> {
  const iterator = Symbol.asyncIterator in inputs
    ? inputs[Symbol.asyncIterator]()
    : inputs[Symbol.iterator]();
  const { value: first } = await iterator.next();
  const others = { [Symbol.asyncIterator]: () => iterator as AsyncIterator<unknown> };
  return { first, source: { kind: "iterable", open: () => others, isOwn: true, text } };
}

/** A source of what a function makes of each input of another. */
function mapped(source: Source, change: (input: unknown) => unknown): Source {
  return { kind: "mapped", source, change };
}

/** GNU parallel trims columns, of what is white space in ASCII. */
function columnsOf(text: string, separator: RegExp): string[] {
  return text.split(separator).map((column = "") => trimmed(column));
}

/** No expression, which would look at every space for one that ends the text. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Values on the command line as the lines of a file. */
function bytesOfValues(values: readonly string[]): Bytes {
  const text = values.map((value) => `${value}\n`).join("");
  const open = () => Promise.resolve(new Blob([text]).stream());
  return { origin: { phrase: "of the command line", file: 'the values behind ":::"' }, open };
}

function fromJson(text: unknown): unknown {
  if (Array.isArray(text)) return text.map(fromJson);
  const json = String(text);
  const cannot = () => `Cannot read the input ${shortened(JSON.stringify(json), 60)} as JSON`;
  const loss = jsonLoss(json);
  if (loss?.isDeep) throw new Fault("input", `${cannot()}: found ${loss.found}`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new Fault("input", `${cannot()}: ${messageOf(cause)}`, { cause });
  }
  if (loss) throw new Fault("input", `${cannot()}: found ${loss.found}`, { hint: loss.hint });
  return value;
}
