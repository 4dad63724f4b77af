/**
 * The inputs that a command line names, as a source.
 *
 * @module
 */

import { Fault, type Mistake } from "../../fault.ts";
import { openInputs } from "../../inputs/open.ts";
import type { Source } from "../../job.ts";
import { wantedCount } from "../../rules/counts.ts";
import type { Args } from "./args.ts";
import type { Io } from "../command.ts";
import { type Given, givenBy, isStdin } from "./sources_named.ts";
import { mapped, type Reading, readingOf, rest, textOf } from "./input_text_options.ts";
import type { Stdin } from "../own_process.ts";
import { sourceText } from "../../inputs/sources_text.ts";

/** Inputs, and what is to be known of them. */
export interface GivenInputs {
  readonly source: Source;
  /** What the elements of inputs that are lists are called, from a header. */
  readonly columns?: readonly string[];
  /** How many inputs that were read are one. */
  readonly batch: number;
  /** How many values each input that was read has, where several of them are one, and it is known. */
  readonly width?: number;
}

/** How inputs are made. */
export interface GivenInputsOptions {
  /** Whether an input with a header is a record; else it is a text or a list. */
  readonly asRecords: boolean;
  /** @default that of the program */
  readonly stdin?: Stdin;
}

/**
 * The inputs of a command line.
 *
 * With one source an input is a text, or with `--json` what that says. Of several sources and of columns it
 * is a list, in which the last source varies fastest; `--max-args` joins such lists. Nothing is read yet but a header.
 *
 * @throws {Fault} Of kind `usage`, or of kind `input` if files or a header cannot be read.
 */
export async function givenInputs(
  args: Args,
  options: GivenInputsOptions,
  { tell, watchdog }: Io,
): Promise<GivenInputs> {
  const reading = readingOf(args);
  // What has no quantifier is not tried in more ways than there are characters.
  if (/[*+{?]/.test(reading.colsep?.source ?? "")) watchdog.watch("the expression of --colsep");
  await watchdog.listens;
  const given = givenBy(args);
  const fromStdin = given.filter(isStdin);
  if (fromStdin.length > 1) throw new Fault("usage", "Cannot read inputs from stdin twice");
  if (fromStdin.length > 0 && (options.stdin ?? Deno.stdin).isTerminal()) {
    await tell("reading inputs from the terminal, one a line; Ctrl-D ends them");
  }
  await lookAt(given, reading);
  const parts: Part[] = [];
  for (const one of given) parts.push(await partOf(one, reading, options.stdin));
  // Whether an input is a list: of what the sources have, or of columns.
  const isRow = parts.length > 1 || reading.isTable;
  const rows = rowsOf(parts, reading.isTable);
  const names = reading.hasHeader ? parts.flatMap(({ names }) => names) : undefined;
  const batch = batchOf(args);
  if (names && options.asRecords) {
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw new Fault("input", `Cannot name two columns "${twice}"`);
    const records = mapped(rows, (row) => recordOf(names, isRow ? row as unknown[] : [row]));
    return { source: batched(records, batch, false), batch: batch ?? 1 };
  }
  const source = batched(rows, batch, isRow);
  const width = names?.length ?? (reading.isTable ? undefined : parts.length);
  return { source, columns: names, batch: batch ?? 1, width: batch && width };
}

/** @throws {Fault} Of kind `input`, if files cannot be read; all of them are told. */
async function lookAt(given: readonly Given[], reading: Reading): Promise<void> {
  const files = new Map(given.flatMap((one) => one.path === undefined ? [] : [[one.path, one]]));
  if (files.size === 0) return;
  const { flawsOf } = await import("../../inputs/look.ts");
  const { faultOf } = await import("../../inputs/unreadable.ts");
  const mistakes: Mistake[] = [];
  for (const file of files.values()) {
    for (const { flaw, origin } of await flawsOf(textOf(file, reading))) {
      mistakes.push(...faultOf(origin, flaw).mistakes);
    }
  }
  const [first, ...others] = mistakes;
  if (first) throw Fault.of("input", [first, ...others]);
}

/** One source, and what its columns are called. */
interface Part {
  readonly source: Source;
  readonly names: readonly string[];
  readonly isLinked: boolean;
}

async function partOf(given: Given, reading: Reading, stdin?: Stdin): Promise<Part> {
  const { isLinked } = given;
  const text = textOf(given, reading);
  const { toValue } = reading;
  const valued = (source: Source) => toValue ? mapped(source, toValue) : source;
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

/** How many inputs a job may have at most: more than memory would hold. */
const MOST_ARGS = 999_999_999;

function batchOf({ options }: Args): number | undefined {
  const given = options["max-args"];
  if (given === undefined) return undefined;
  if (/^[1-9]\d*$/.test(given) && Number(given) <= MOST_ARGS) return Number(given);
  const wanted = wantedCount(given, 1, MOST_ARGS);
  throw new Fault("usage", `Cannot read --max-args: found "${given}", wanted ${wanted}`);
}

function recordOf(names: readonly string[], row: readonly unknown[]): Record<string, unknown> {
  if (row.length !== names.length) {
    const found = `${row.length} ${row.length === 1 ? "column" : "columns"}`;
    throw new Fault(
      "input",
      `Cannot read the input ${
        JSON.stringify(row)
      }: found ${found}, wanted ${names.length} as in the header`,
    );
  }
  return Object.fromEntries(row.map((value, i) => [names[i] as string, value]));
}
