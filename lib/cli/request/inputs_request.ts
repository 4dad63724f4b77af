/**
 * Which inputs a command line names, and how they are to be read.
 *
 * @module
 */

import { Fault, messageOf } from "../../fault.ts";
import { wantedCount } from "../../rules/quantities.ts";
import { namesStdin } from "../../source.ts";
import { type Args, checkConflicts, INPUTS } from "./args.ts";
import { type NamedOption, optionsNamed } from "./options.ts";

/** The options that make other inputs of the same text, of `map` also `json`. */
const READING_OPTIONS = ["null", "colsep", "csv", "header", "max-args"] as const;

/** The options that say which inputs there are, and how they are read. */
export const INPUT_OPTIONS: readonly NamedOption[] = optionsNamed("arg-file", ...READING_OPTIONS);

/** One source of inputs on a command line: values, or the lines of a file, or those of stdin. */
export interface NamedSource {
  /** The values, where they stand on the command line. */
  readonly values?: readonly string[];
  /** The file, as it was named; stdin if that and the values are absent. */
  readonly path?: string;
  /** Whether it goes in step with the source before it, and not through all of its combinations. */
  readonly isLinked: boolean;
}

export interface Reading {
  /** Whether NUL ends a text in files, and not a line end. */
  readonly nul: boolean;
  /** Separator of rows of CSV; the text is no CSV if absent. */
  readonly csv?: string;
  readonly colsep?: RegExp;
  readonly isTable: boolean;
  /** Whether the first text of each source names it, or its columns. */
  readonly hasHeader: boolean;
  readonly isJson: boolean;
}

export interface InputsRequest {
  /** In the order in which their inputs stand in a job. */
  readonly sources: readonly NamedSource[];
  readonly reading: Reading;
  /** Reads how many inputs are one; what is wrong with files is told before what is wrong with that. */
  readonly batch: () => number | undefined;
  /** The options that make other inputs of the same text, as words. */
  readonly readingWords: readonly string[];
}

/**
 * Reads which inputs a command line asks for.
 *
 * @throws {Fault} Of kind `usage`, if options do not go together or an expression is wrong.
 */
export function readInputs(args: Args): InputsRequest {
  return {
    sources: sourcesOf(args),
    reading: readingOf(args),
    batch: () => batchOf(args),
    readingWords: ([...READING_OPTIONS, "json"] as const).flatMap((name) => {
      const value = args.options[name];
      return value === undefined ? [] : [`--${name}=${value}`];
    }),
  };
}

export function isStdin({ values, path }: NamedSource): boolean {
  return values === undefined && path === undefined;
}

/**
 * Sources as GNU parallel reads them: files of `--arg-file` come first; `:::` makes one source of the values behind it,
 * `::::` one of each file; with a `+` they are linked to the source before. Without any, it is stdin.
 */
function sourcesOf(args: Args): readonly NamedSource[] {
  const sources = (args.lists["arg-file"] ?? []).map((name) => fileNamed(name, false));
  let separator = "";
  let values: string[] = [];
  const end = () => {
    const isLinked = separator.endsWith("+");
    if (separator.startsWith("::::")) {
      sources.push(...values.map((name) => fileNamed(name, isLinked)));
    } else if (separator !== "") sources.push({ values, isLinked });
  };
  for (const arg of args.inputs) {
    if (!INPUTS.includes(arg)) {
      values.push(arg);
      continue;
    }
    end();
    [separator, values] = [arg, []];
  }
  end();
  return sources.length > 0 ? sources : [{ isLinked: false }];
}

function fileNamed(name: string, isLinked: boolean): NamedSource {
  return namesStdin(name) ? { isLinked } : { path: name, isLinked };
}

function readingOf(args: Args): Reading {
  const { options: { null: nul, header, json, csv, colsep } } = args;
  checkConflicts(args, ["csv"]);
  const shared = {
    nul: nul !== undefined,
    hasHeader: header !== undefined,
    isJson: json !== undefined,
    isTable: csv !== undefined || colsep !== undefined,
  };
  if (csv === undefined) {
    return { ...shared, colsep: colsep === undefined ? undefined : expressionOf(colsep) };
  }
  const separator = colsep ?? ",";
  if (/^[^"\r\n]$/u.test(separator)) return { ...shared, csv: separator };
  throw new Fault("usage", `Cannot separate CSV by "${separator}": wanted one character`);
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

/** How many inputs a job may have at most: more than memory would hold. */
const MOST_ARGS = 999_999_999;

function batchOf({ options }: Args): number | undefined {
  const given = options["max-args"];
  if (given === undefined) return undefined;
  if (/^[1-9]\d*$/.test(given) && Number(given) <= MOST_ARGS) return Number(given);
  const wanted = wantedCount(given, 1, MOST_ARGS);
  throw new Fault("usage", `Cannot read --max-args: found "${given}", wanted ${wanted}`);
}
