/**
 * How an input reads as text, in an argument or a variable.
 *
 * @module
 */

import { isError } from "../fault.ts";

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
