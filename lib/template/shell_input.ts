/**
 * How an input reaches a shell script.
 *
 * @module
 */

import { isRecord, textOf, wholeOf } from "./text.ts";

/** The arguments and variables that a script finds its input in. */
export interface ShellInput {
  /** What `$1`, `$2`… are. */
  readonly args: string[];
  /** Variables to add to the environment; every name is `INPUT` or starts with `INPUT_`. */
  readonly env: Record<string, string>;
}

/**
 * Puts an input where a script can read it, so that it never becomes part of the script.
 *
 * `$1` is the input, or `$1`, `$2`… are the elements of an array or the values of a record in the order
 * of its keys. `INPUT` is the whole, as `{}` is in a command, and `INPUT_<field>` a record's field.
 * Fields whose names have other characters than ASCII letters, digits and `_` become arguments only.
 * A job without input gets neither.
 *
 * @param columns Names of the elements of an array, which are variables then like fields.
 *
 * @throws {TemplateError} If a value has no text, as when it refers to itself.
 */
export function shellInput(input: unknown, columns: readonly string[] = []): ShellInput {
  if (input === undefined) return { args: [], env: {} };
  const env: Record<string, string> = { INPUT: wholeOf(input, "") };
  if (!Array.isArray(input) && !isRecord(input)) return { args: [env.INPUT ?? ""], env };
  const entries = Array.isArray(input)
    ? input.map((element, i): [string, unknown] => [columns[i] ?? "", element])
    : Object.entries(input);
  const args: string[] = [];
  for (const [name, value] of entries) {
    const text = textOf(value);
    args.push(text);
    if (/^[A-Za-z0-9_]+$/.test(name)) env[`INPUT_${name}`] = text;
  }
  return { args, env };
}
