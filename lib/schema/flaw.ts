/**
 * What is wrong in a document, before it is known where in the file that stands.
 *
 * @module
 */

import type { Position } from "../fault.ts";

/** A step into a document: a key of a record, or an index of a list. */
export type Key = string | number;

/** One thing that is wrong at a key path. */
export interface Flaw {
  /** Keys that lead from the top of the document to the place. */
  readonly path: readonly Key[];
  /** Whether to point at the last key of the path or at its value. */
  readonly on: "key" | "value";
  readonly message: string;
  readonly hint?: string;
  /** The action that failed. @default to load the tasks file */
  readonly action?: string;
  /** A better place to point at, in another file. */
  readonly at?: Position;
}

/** A value that cannot stand where it does. */
export function misfit(path: readonly Key[], found: unknown, wanted: string): Flaw {
  const message = `found ${describe(found)} as ${nameOf(path)}, wanted ${wanted}`;
  return { path, on: "value", message };
}

/** How a message names a place: `task "double"`, `"inputs.range[0]" of task "double"`. */
export function nameOf(path: readonly Key[]): string {
  const [top, task] = path;
  if (top === undefined) return "the tasks file";
  if (top === "defaults") return within(path.slice(1), "the defaults");
  if (top === "tasks" && task !== undefined) return within(path.slice(2), `task "${task}"`);
  return `"${joined(path)}"`;
}

/** How a message names a value: `"abc"`, `5`, `a list of 3`, `nothing`. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return quote(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value instanceof Date) return "a date";
  if (typeof value !== "object") return String(value);
  return isRecord(value) && Object.keys(value).length === 0 ? "an empty record" : "a record";
}

/** `"a", "b" or "c"`. */
export function listed(names: readonly string[], last: "and" | "or"): string {
  const quoted = names.map((name) => `"${name}"`);
  if (quoted.length < 2) return quoted.join("");
  return `${quoted.slice(0, -1).join(", ")} ${last} ${quoted.at(-1)}`;
}

/** Whether a value is a record: keys and values, and neither a list nor an instance of a class. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The items of a list, or the values of a record, with their keys; of anything else none. */
export function entriesOf(value: unknown): Iterable<[Key, unknown]> {
  if (Array.isArray(value)) return value.entries();
  return isRecord(value) ? Object.entries(value) : [];
}

function within(path: readonly Key[], owner: string): string {
  return path.length === 0 ? owner : `"${joined(path)}" of ${owner}`;
}

function joined(path: readonly Key[]): string {
  return path.map((key, i) => typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`)
    .join("");
}

/** A long text keeps its start, so that a message stays one line. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
