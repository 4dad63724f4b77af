/**
 * How the text of inputs is taken apart.
 *
 * @module
 */

import { resolve } from "node:path";
import { jsonLoss } from "../../json/exact_json.ts";
import { Fault, messageOf } from "../../fault.ts";
import type { Bytes } from "../../inputs/readers/bytes.ts";
import { later } from "../../streams/later.ts";
import type { Source } from "../../job.ts";
import { shortened } from "../../text/shown.ts";
import type { Args } from "./args.ts";
import type { Given } from "./sources_named.ts";

/** How text becomes inputs. */
export interface Reading {
  /** Whether NUL ends a text in files, and not a line end. */
  readonly nul: boolean;
  /** Separator of rows of CSV; the text is no CSV if absent. */
  readonly csv?: string;
  /** What columns are split at. */
  readonly colsep?: RegExp;
  /** Whether a text is a list of columns. */
  readonly isTable: boolean;
  /** Whether the first text of each source names it, or its columns. */
  readonly hasHeader: boolean;
  /** Makes a value of a text, or of columns; they are values as they are if absent. */
  readonly toValue?: (text: unknown) => unknown;
}

/**
 * How a command line wants text to be read.
 *
 * @throws {Fault} Of kind `usage`, if its options do not go together or an expression is wrong.
 */
export function readingOf({ options }: Args): Reading {
  const nul = options.null !== undefined;
  const { colsep } = options;
  const hasHeader = options.header !== undefined;
  const toValue = options.json === undefined ? undefined : fromJson;
  const shared = { nul, hasHeader, toValue };
  if (options.csv === undefined) {
    const isTable = colsep !== undefined;
    return { ...shared, isTable, colsep: isTable ? expressionOf(colsep) : undefined };
  }
  if (nul) throw new Fault("usage", "Cannot combine --csv and --null: rows of CSV end at lines");
  const csv = colsep ?? ",";
  if (!/^[^"\r\n]$/u.test(csv)) {
    throw new Fault("usage", `Cannot separate CSV by "${csv}": wanted one character`);
  }
  return { ...shared, isTable: true, csv };
}

/** The texts of one source, or the columns of each. */
export function textOf({ values, path }: Given, { nul, csv, colsep }: Reading): Source {
  const absolute = path === undefined ? undefined : resolve(path);
  if (csv !== undefined) {
    const how = { separator: csv, header: false } as const;
    if (!values) return { kind: "csv", path: absolute, ...how };
    return {
      kind: "iterable",
      isOwn: true,
      text: "rows of the command line",
      open: () =>
        later(async () =>
          (await import("../../inputs/readers/csv_parser.ts")).csvOf(bytesOfValues(values), how)
        ),
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
export async function rest(
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
export function mapped(source: Source, change: (input: unknown) => unknown): Source {
  return { kind: "mapped", source, change };
}

function expressionOf(colsep: string): RegExp {
  try {
    // A backslash before punctuation, as Perl takes it, is what Unicode mode refuses.
    return new RegExp(colsep.replaceAll(/\\[ -/:-@[-`{-~]/g, escaped), "u");
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Fault("usage", `Cannot split columns at "${colsep}": ${reason}`, { cause });
  }
}

function escaped(text: string): string {
  return `\\x${text.charCodeAt(1).toString(16)}`;
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
