/**
 * Replacement strings in commands, and what shell scripts get in their place.
 *
 * @module
 */

import { didYouMean } from "./nearest.ts";
import { cutPath, type Operator } from "./template/path_parts.ts";
import { parseArgument, type Piece } from "./template/parse.ts";
import { type Fields, isRecord, TemplateError, textOf, wholeOf } from "./template/text.ts";

export { type ShellInput, shellInput } from "./template/shell_input.ts";
export { TemplateError };

/** Where a job stands, for `{#}` and `{%}`. */
export interface Place {
  /** Position in the task's inputs, from 0; `{#}` is one more. */
  readonly index: number;
  /** The slot that runs the job, from 1. */
  readonly slot: number;
}

/** A command whose replacement strings have been found, ready for any number of jobs. */
export interface Template {
  /**
   * The command for one job.
   *
   * @throws {TemplateError} If a field is named that the record lacks, or a value has no text.
   */
  expand(input: unknown, place: Place): string[];
}

/**
 * Finds the replacement strings of a command: GNU parallel's, and the names of a record's fields.
 *
 * For the input `dir/a.tar.gz`: `{}` is all of it, `{.}` `dir/a.tar`, `{/}` `a.tar.gz`, `{//}` `dir` (`.`
 * where there is no folder), `{/.}` `a.tar`; `{#}` is the number of the job and `{%}` its slot, both
 * from 1. `{1}` and `{-1}` are the first and the last element of an array, or the input itself if it
 * is none; a position beyond the array is `""`. `{name}` is a field of a record and stays as it is for
 * any other input. An operator may follow a position or a name: `{1/.}`, `{path//}`. `{{}` is the text
 * `{}`, and braces with anything else in them are text.
 *
 * One argument stays one argument, whatever is in the input, and what was put in is never looked at
 * again; `{}` of an array joins the elements by spaces. Where no replacement string applies, the input
 * comes last: as one argument, or one for each element of an array.
 */
export function compileTemplate(argv: readonly string[]): Template {
  const args = argv.map(parseArgument);
  const pieces = args.flat();
  const always = pieces.some((piece) => piece.kind !== "text" && piece.kind !== "field");
  const forRecords = always || pieces.some((piece) => piece.kind === "field");
  return {
    expand(input, place) {
      const record = isRecord(input);
      const command = args.map((arg) => arg.map((piece) => fill(piece, input, place)).join(""));
      if (record ? forRecords : always) return command;
      return [...command, ...appended(input)];
    },
  };
}

function appended(input: unknown): string[] {
  if (input === undefined) return [];
  return Array.isArray(input) ? input.map((element) => textOf(element)) : [textOf(input)];
}

function fill(piece: Piece, input: unknown, place: Place): string {
  switch (piece.kind) {
    case "text":
      return piece.text;
    case "number":
      return String(place.index + 1);
    case "slot":
      return String(place.slot);
    case "whole":
      return wholeOf(input, piece.operator);
    case "position":
      return cutValue(elementAt(input, piece.position), piece.operator);
    case "field":
      if (!isRecord(input)) return piece.text;
      return cutValue(fieldOf(input, piece.name), piece.operator);
  }
}

/** The text of a part of the input, which as in GNU parallel is `""` under any operator if it is absent. */
function cutValue(value: unknown, operator: Operator): string {
  return value === undefined ? "" : cutPath(textOf(value), operator);
}

function elementAt(input: unknown, position: number): unknown {
  const elements: readonly unknown[] = Array.isArray(input) ? input : [input];
  return elements.at(position > 0 ? position - 1 : position);
}

function fieldOf(record: Fields, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  const names = Object.keys(record);
  const known = names.length === 0 ? "which has none" : `which has ${names.join(", ")}`;
  throw new TemplateError(`no field "${name}" in the input, ${didYouMean(name, names) ?? known}`);
}
