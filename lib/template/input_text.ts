/**
 * How inputs read as text, in arguments and variables, and commands as lines for a shell.
 *
 * @module
 */

import { isError } from "../fault.ts";
import { isRecord } from "../schema/flaw.ts";

/** An input does not fit the template, which fails its job and no other. */
export class TemplateError extends Error {
  /** What the record of a failed job says was thrown. */
  override readonly name = "TemplateError";
}

/**
 * One value as text: a string as it is, a number, boolean or bigint as written, `""` for `null` and
 * `undefined`, anything else as one line of JSON.
 *
 * What gives a string as its JSON, such as a date, is that string without quotes; a bigint within a
 * record is a string of its digits.
 *
 * @throws {TemplateError} If the value cannot be JSON, as when it refers to itself.
 */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return String(value);
  try {
    if ("toJSON" in value && typeof value.toJSON === "function") return textOf(value.toJSON());
    return JSON.stringify(value, (_key, part) => typeof part === "bigint" ? String(part) : part);
  } catch (cause) {
    const [reason] = isError(cause) ? cause.message.split("\n") : [String(cause)];
    throw new TemplateError(`cannot write the input as text: ${reason}`, { cause });
  }
}

/**
 * An input as one text: an array is its elements joined by spaces, as GNU parallel's `{}` is the values
 * of all its sources.
 *
 * @param operator Cuts each element, before they are joined.
 * @throws {TemplateError} If a value has no text.
 */
export function wholeOf(input: unknown, operator: Operator): string {
  if (input === undefined) return "";
  if (!Array.isArray(input)) return cutPath(textOf(input), operator);
  return input.map((element) => cutPath(textOf(element), operator)).join(" ");
}

/** What stands behind the name in a replacement string; `""` for the whole. */
export type Operator = "" | "." | "/" | "//" | "/.";

/** The part of `path` that `operator` names. */
export function cutPath(path: string, operator: Operator): string {
  switch (operator) {
    case "":
      return path;
    case ".":
      return withoutExtension(path);
    case "/":
      return baseName(path);
    case "//":
      return folderName(path);
    case "/.":
      return withoutExtension(baseName(path));
  }
}

/** Up to the last dot of the last part: `""` for `.bashrc`, `dir.d/a` for itself. */
function withoutExtension(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") ? path.slice(0, dot) : path;
}

/** What follows the last slash: `""` for `dir/`. */
function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What POSIX `dirname` gives: `.` where there is no folder, `/` at the root. */
function folderName(path: string): string {
  const name = withoutSlashes(path);
  const slash = name.lastIndexOf("/");
  if (slash === -1) return name === "" && path !== "" ? "/" : ".";
  return withoutSlashes(name.slice(0, slash)) || "/";
}

function withoutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return path.slice(0, end);
}

/** The arguments and variables that a script finds its input in. */
interface ShellInput {
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
