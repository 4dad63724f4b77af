/**
 * What a shell gets: inputs as arguments and variables of a script, commands as lines.
 *
 * @module
 */

import { isRecord } from "../schema/flaw.ts";
import { textOf, wholeOf } from "./input_text.ts";

/** The arguments and variables that a script finds its input in. */
export interface ShellInput {
  /** What `$1`, `$2`… are. */
  readonly args: string[];
  /** Variables to add to the environment; every name is `INPUT` or starts with `INPUT_`. */
  readonly env: Record<string, string>;
  /** Variables that there are not, for several fields would be called so. @default none */
  readonly shared?: readonly { readonly name: string; readonly fields: readonly string[] }[];
}

/** The variable of a field: what is no ASCII letter, digit or `_` is `_` in it. */
export function inputVariable(field: string): string {
  return `INPUT_${field.replaceAll(/[^A-Za-z0-9_]/gu, "_")}`;
}

/**
 * Puts an input where a script can read it, so that it never becomes part of the script.
 *
 * `$1` is the input, or `$1`, `$2`… are the elements of an array or the values of a record in the order
 * of its keys. `INPUT` is the whole, as `{}` is in a command, and {@link inputVariable} a record's field; of several
 * fields with one variable the one whose name needs no change has it, or none. A job without input gets neither.
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
  const others: [name: string, text: string][] = [];
  for (const [name, value] of entries) {
    const text = textOf(value);
    args.push(text);
    if (/^[A-Za-z0-9_]+$/.test(name)) env[inputVariable(name)] = text;
    else if (name !== "") others.push([name, text]);
  }
  if (others.length === 0) return { args, env };
  const byVariable = Map.groupBy(others, ([name]) => inputVariable(name));
  const shared: { name: string; fields: string[] }[] = [];
  for (const [variable, [first, ...more]] of byVariable) {
    if (first === undefined || Object.hasOwn(env, variable)) continue;
    if (more.length === 0) env[variable] = first[1];
    else shared.push({ name: variable, fields: [first, ...more].map(([field]) => field) });
  }
  return shared.length === 0 ? { args, env } : { args, env, shared };
}

/**
 * Program and arguments as one line that a POSIX shell takes apart again into the same.
 *
 * What needs quotes has single ones, as GNU parallel writes it: `it's` is `'it'"'"'s'`.
 */
export function shellQuoted(argv: readonly string[]): string {
  return argv.map(quoted).join(" ");
}

function quoted(argument: string): string {
  if (argument === "") return "''";
  if (/^[-\w.+/]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", `'"'"'`)}'`.replace(/^''|''$/g, "");
}
