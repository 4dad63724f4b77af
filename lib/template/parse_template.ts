/**
 * The syntax of replacement strings.
 *
 * @module
 */

import type { Operator } from "./input_text.ts";

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
  const name = [...names.filter(Boolean).map(RegExp.escape), PLAIN.source.slice(1, -1)]
    .join("|");
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
  let text = "";
  let from = 0;
  for (
    let brace = argument.indexOf("{");
    brace !== -1;
    brace = argument.indexOf("{", from)
  ) {
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
