/**
 * Replacement strings in commands, and what shell scripts get in their place.
 *
 * @module
 */

import type { CommandAction, CommandLine } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { isRecord } from "../schema/flaw.ts";
import { didYouMean } from "../text/nearest.ts";
import {
  cutPath,
  type Operator,
  shellInput,
  TemplateError,
  textOf,
  wholeOf,
} from "./input_text.ts";

/** Where a job stands, for `{#}` and `{%}`. */
interface Place {
  /** Position in the task's inputs, from 0; `{#}` is its number, one more. */
  readonly index: number;
  /** The slot that runs the job, from 1. */
  readonly slot: number;
}

/**
 * Finds the replacement strings of a command: GNU parallel's, and the names of a record's fields. What is returned
 * makes the command of a job, of any number of them.
 *
 * For the input `dir/a.tar.gz`: `{}` is all of it, `{.}` `dir/a.tar`, `{/}` `a.tar.gz`, `{//}` `dir` (`.`
 * where there is no folder), `{/.}` `a.tar`; `{#}` is the number of the job and `{%}` its slot, both
 * from 1. `{1}` and `{-1}` are the first and the last element of an array, or the input itself if it
 * is none; a position beyond the array is `""`, and a record has none. `{name}` is a field of a record and stays
 * as it is for any other input; with other characters in it than a name in a program it is a field of the records
 * that have that one, and stays as it is for others. An operator may follow a position or a name: `{1/.}`,
 * `{path//}`. `{{}` is the text `{}`, and braces with anything else in them are text.
 *
 * What was put in is never looked at again, and becomes no further argument: the number of arguments
 * depends on whether the input is a list, and never on what is in it. An argument that is nothing but
 * `{}`, or `{}` with an operator, becomes one argument for each element of a list; within a longer one
 * they are joined by spaces. Where no replacement string applies, `{}` comes last.
 *
 * @param columns Names of the elements of inputs that are lists: `{name}` stands for `{1}` if it is the first.
 * @throws {TemplateError} From what is returned, if a field is named that the record lacks, or a value has no text.
 */
export function compileTemplate(
  argv: readonly string[],
  columns: readonly string[] = [],
): (input: unknown, place: Place) => string[] {
  const plain = partsOf(argv, columns);
  const hasOther = plain.args.some((arg) =>
    arg.some((piece) => piece.kind === "text" && piece.text.includes("{"))
  );
  // Records of one source have the same fields, as a rule.
  let [known, odd] = ["", plain];
  const partsFor = (input: unknown) => {
    const names = hasOther && isRecord(input) ? oddNames(input) : [];
    if (names.length === 0) return plain;
    const key = JSON.stringify(names);
    if (key !== known) [known, odd] = [key, partsOf(argv, columns, names)];
    return odd;
  };
  return (input, place) => {
    const { args, always, forRecords } = partsFor(input);
    const command = args.flatMap((arg) =>
      elementsOf(arg, input) ?? arg.map((piece) => fill(piece, input, place)).join("")
    );
    const isApplied = isRecord(input) ? forRecords : always;
    if (isApplied || input === undefined) return command;
    return [...command, ...(elementsOf([WHOLE], input) ?? [wholeOf(input, "")])];
  };
}

/** The pieces of each argument, and whether any of them applies to every input, or to records. */
interface Parts {
  readonly args: readonly (readonly Piece[])[];
  readonly always: boolean;
  readonly forRecords: boolean;
}

function partsOf(
  argv: readonly string[],
  columns: readonly string[],
  names: readonly string[] = [],
): Parts {
  const args = argv.map((argument) =>
    parseArgument(argument, [...columns, ...names]).map((piece) => placed(piece, columns))
  );
  const pieces = args.flat();
  const always = pieces.some((piece) => piece.kind !== "text" && piece.kind !== "field");
  return { args, always, forRecords: always || pieces.some((piece) => piece.kind === "field") };
}

const WHOLE: Piece = { kind: "whole", operator: "" };

/** A name of a column as its position. */
function placed(piece: Piece, columns: readonly string[]): Piece {
  const position = piece.kind === "field" ? columns.indexOf(piece.name) + 1 : 0;
  if (piece.kind !== "field" || position === 0) return piece;
  return { kind: "position", position, operator: piece.operator };
}

/** The arguments that a list makes of one that stands for the whole input. */
function elementsOf([piece, ...more]: readonly Piece[], input: unknown): string[] | undefined {
  if (piece?.kind !== "whole" || more.length > 0 || !Array.isArray(input)) return undefined;
  return input.map((element) => cutPath(textOf(element), piece.operator));
}

function fill(piece: Piece, input: unknown, place: Place): string {
  switch (piece.kind) {
    case "text":
      return piece.text;
    case "number":
      return String(jobNumber(place.index));
    case "slot":
      return String(place.slot);
    case "whole":
      return wholeOf(input, piece.operator);
    case "position":
      if (isRecord(input)) return cutValue(numberedOf(input, piece.position), piece.operator);
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

/** The field that is called like a position: a record has no other element. */
function numberedOf(record: Record<string, unknown>, position: number): unknown {
  if (Object.hasOwn(record, position)) return record[position];
  const names = Object.keys(record).map((name) => `{${name}}`);
  const known = names.length === 0 ? "which has no field" : `whose fields are ${names.join(" ")}`;
  throw new TemplateError(`no element {${position}} in the input, a record ${known}`);
}

function fieldOf(record: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  const names = Object.keys(record);
  const known = names.length === 0 ? "which has none" : `which has ${names.join(", ")}`;
  throw new TemplateError(`no field "${name}" in the input, ${didYouMean(name, names) ?? known}`);
}

/**
 * What is started for each job of a task whose action is a command or a shell script.
 *
 * @throws {TemplateError} From the function that is returned, if the input does not fit.
 */
export function commandLineOf(
  action: CommandAction,
): (input: unknown, place: Place) => CommandLine {
  const { columns } = action;
  if (action.kind === "command") {
    const expand = compileTemplate(action.argv, columns);
    return (input, place) => ({ argv: expand(input, place) });
  }
  return (input) => {
    const { args, env, shared } = shellInput(input, columns);
    const unclear = shared?.find(({ name }) => new RegExp(`\\b${name}\\b`).test(action.script));
    if (unclear) {
      const fields = unclear.fields.map((field) => JSON.stringify(field)).join(" and ");
      throw new TemplateError(`the variable ${unclear.name} may be each of the fields ${fields}`);
    }
    return { argv: [SHELL, "-c", action.script, SHELL, ...args], env };
  };
}

/** The program of a task whose action is a command or a script; nothing where it is another for each input. */
export function programOf(action: CommandAction): string | undefined {
  if (action.kind === "shell") return SHELL;
  const pieces = parseArgument(action.argv[0] ?? "", action.columns ?? []);
  const texts = pieces.map((piece) => piece.kind === "text" ? piece.text : undefined);
  return texts.includes(undefined) ? undefined : texts.join("");
}

/** What runs scripts. */
const SHELL = "sh";

/** A piece of an argument: text as it stands, or what a job puts in its place. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number" }
  | { readonly kind: "slot" }
  | { readonly kind: "whole"; readonly operator: Operator }
  | { readonly kind: "position"; readonly position: number; readonly operator: Operator }
  | {
    readonly kind: "field";
    readonly name: string;
    readonly operator: Operator;
    /** What was written, for inputs that have no fields. */
    readonly text: string;
  };

/** A name of a field that is found whatever fields a record has. */
const PLAIN = /^[\p{L}_][\p{L}\p{M}\p{N}_-]*$/u;

/** What means something else in braces. */
const OPERATORS: readonly string[] = ["", ".", "/", "//", "/.", "#", "%"];

/** The fields of a record that are replaced by their names only because it has them: with spaces, for example. */
export function oddNames(record: object): readonly string[] {
  return Object.keys(record).filter((name) => !PLAIN.test(name) && !OPERATORS.includes(name));
}

/** A replacement string, where fields may be called this, or what other fields are called. */
function replacement(names: readonly string[]): RegExp {
  const name = [...names.filter(Boolean).map(RegExp.escape), PLAIN.source.slice(1, -1)].join("|");
  const subject = `(?<position>-?[1-9]\\d*)|(?<name>${name})`;
  return new RegExp(`\\{(?:(?<place>[#%])|(?:${subject})?(?<operator>/\\.|//|/|\\.)?)\\}`, "uy");
}

/**
 * Takes an argument apart, once.
 *
 * A column, or a field of a record, may have any name; a number is a position nevertheless, and `#` and `%` are what they are.
 *
 * Braces double only before a replacement string: `{{}` is the text `{}` and `{{{}` a brace and the
 * input, while `{{.Names}}` and `{print $1}` hold none and stay as they are.
 */
export function parseArgument(argument: string, columns: readonly string[]): Piece[] {
  const expression = replacement(columns);
  const pieces: Piece[] = [];
  let [text, from] = ["", 0];
  for (let brace = argument.indexOf("{"); brace !== -1; brace = argument.indexOf("{", from)) {
    let last = brace;
    while (argument[last + 1] === "{") last++;
    text += argument.slice(from, brace);
    from = last + 1;
    expression.lastIndex = last;
    const found = expression.exec(argument);
    const braces = from - brace;
    if (!found) {
      text += "{".repeat(braces);
      continue;
    }
    text += "{".repeat(Math.floor(braces / 2));
    if (braces % 2 === 0) continue;
    if (text) pieces.push({ kind: "text", text });
    text = "";
    from = expression.lastIndex;
    pieces.push(pieceOf(found));
  }
  text += argument.slice(from);
  if (text) pieces.push({ kind: "text", text });
  return pieces;
}

function pieceOf(found: RegExpExecArray): Piece {
  const { place, position, name } = found.groups ?? {};
  const operator = (found.groups?.operator ?? "") as Operator;
  if (place !== undefined) return { kind: place === "#" ? "number" : "slot" };
  if (position !== undefined) return { kind: "position", position: Number(position), operator };
  if (name !== undefined) return { kind: "field", name, operator, text: found[0] };
  return { kind: "whole", operator };
}
