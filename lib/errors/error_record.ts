/**
 * What was thrown, as data that survives the way from a slot.
 *
 * @module
 */

import { read, toCloneBytes } from "../clones/clone_bytes.ts";
import { isArray, keysOf } from "../primordials.ts";
import { isError } from "../fault.ts";
import type { ErrorRecord } from "../job.ts";

/** How many causes deep a record goes. */
const MAX_DEPTH = 8;

/** Of how many errors a record is made: some lead to others in so many ways that there is no end to them. */
const MAX_ERRORS = 10_000;

/** How deep one is believed in, and how many errors it may be made of. */
const BELIEVED_DEPTH = 2 * MAX_DEPTH;
const BELIEVED_ERRORS = 1_000_000;

/** What has a place of its own in a record. */
const OWN_PLACE = { name: true, message: true, stack: true, cause: true };

// As they were before a function may have put others in their place.
const { inspect } = Deno;
const { hasOwn } = Object;
const { stringify } = JSON;
const clone = structuredClone;
const isEnumerable: (object: object, key: string) => boolean = Function.prototype.call.bind(
  Object.prototype.propertyIsEnumerable,
);

/**
 * A plain record of anything that can be thrown; never throws itself.
 *
 * Structured clone keeps of an error its message, stack and cause, and loses its class, its own
 * properties and the errors of an aggregate; so what crosses is this record instead.
 */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  return recordOf(thrown);
}

/** The error of a record, without its causes: what has come from a slot, thrown again. */
export function errorOf({ name, message, stack, fields }: ErrorRecord): Error {
  return Object.assign(new Error(message), fields, { name, stack });
}

/** The errors that lead to one, which may lead back to one of them. */
interface Path {
  readonly error: object;
  readonly above: Path | undefined;
  readonly depth: number;
  /** How many errors the record of the first of them may still have. */
  readonly left: { count: number };
}

/** What a record may have, of any type. */
type Loose = { readonly [K in keyof ErrorRecord]?: unknown };

function recordOf(thrown: unknown, above?: Path): ErrorRecord {
  try {
    if (isError(thrown) || isLikeError(thrown)) {
      const left = above?.left ?? { count: MAX_ERRORS };
      return recordOfError(thrown, { error: thrown, above, depth: (above?.depth ?? 0) + 1, left });
    }
  } catch {
    // A proxy, for example, can throw whatever is asked of it.
  }
  return { name: "Thrown", message: `${textOf(thrown)} was thrown, which is no error` };
}

/** Whether it is no error and yet says all that one does: who has replaced `Error` throws such things. */
function isLikeError(thrown: unknown): thrown is Error {
  return typeof thrown === "object" && thrown !== null &&
    typeof valueOf(thrown, "name") === "string" &&
    typeof valueOf(thrown, "message") === "string" && typeof valueOf(thrown, "stack") === "string";
}

function recordOfError(error: object, path: Path): ErrorRecord {
  const cause = hasOwn(error, "cause") ? { thrown: valueOf(error, "cause") } : undefined;
  const errors = errorsOf(error);
  return {
    name: wordOf(valueOf(error, "name") ?? "Error"),
    message: messageOf(error),
    stack: stringOf(valueOf(error, "stack")),
    ...(cause && leadsOn(path, cause.thrown) ? { cause: recordOf(cause.thrown, path) } : {}),
    ...(errors ? { errors: recordsOf(errors, path) } : {}),
    ...fieldsOf(error, errors !== undefined),
  };
}

function messageOf(error: object): string {
  try {
    return wordOf((error as { readonly message?: unknown }).message ?? "");
  } catch {
    return "its message cannot be read";
  }
}

/**
 * The errors of an aggregate, of this realm or another: they are not enumerable there, as what somebody has put on an
 * error is. Both errors, where one has suppressed the other. Any list of nothing but errors.
 */
function errorsOf(error: object): readonly unknown[] | undefined {
  if (hasOwn(error, "suppressed") && !isEnumerable(error, "suppressed")) {
    return [valueOf(error, "error"), valueOf(error, "suppressed")];
  }
  if (!hasOwn(error, "errors")) return undefined;
  const errors = valueOf(error, "errors");
  if (!isArray(errors)) return undefined;
  return !isEnumerable(error, "errors") || areErrors(errors) ? errors : undefined;
}

function areErrors(values: readonly unknown[]): boolean {
  for (let i = 0; i < values.length; i++) if (!isError(values[i])) return false;
  return values.length > 0;
}

function recordsOf(errors: readonly unknown[], path: Path): ErrorRecord[] {
  const records: ErrorRecord[] = [];
  for (let i = 0; i < errors.length; i++) {
    if (leadsOn(path, errors[i])) records[records.length] = recordOf(errors[i], path);
  }
  return records;
}

function leadsOn(path: Path, to: unknown): boolean {
  for (let at: Path | undefined = path; at; at = at.above) if (at.error === to) return false;
  return path.depth <= MAX_DEPTH && path.left.count-- > 0;
}

function fieldsOf(error: object, hasErrors: boolean): { fields?: Record<string, unknown> } {
  const fields: Record<string, unknown> = {};
  const names = keysOf(error);
  for (let i = 0; i < names.length; i++) {
    const key = names[i] as string;
    if (hasOwn(OWN_PLACE, key) || (hasErrors && key === "errors")) continue;
    const value = valueOf(error, key);
    try {
      // Not all that can be cloned within a process can leave it.
      fields[key] = typeof value === "object" ? read(toCloneBytes(value)) : clone(value);
    } catch {
      fields[key] = textOf(value);
    }
  }
  return keysOf(fields).length > 0 ? { fields } : {};
}

/** A property, even where reading it throws. */
function valueOf(error: object, key: string): unknown {
  try {
    return (error as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : textOf(value);
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A value in few words; never throws. */
function textOf(value: unknown): string {
  try {
    return typeof value === "string" ? stringify(value) : inspect(value, { depth: 1 });
  } catch {
    return `A value of type ${typeof value}`;
  }
}

/** Whether what has come from a slot is a record, and an end to it can be seen. */
export function isErrorRecord(value: unknown): value is ErrorRecord {
  return countIn(value, 0) <= BELIEVED_ERRORS;
}

/** Of how many errors a record is made; an infinite number if it is none. */
function countIn(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null || depth > BELIEVED_DEPTH) return Infinity;
  const { name, message, stack, cause, errors = [], fields }: Loose = value;
  const hasWords = typeof name === "string" && typeof message === "string" &&
    (stack === undefined || typeof stack === "string");
  const hasFields = fields === undefined || (typeof fields === "object" && fields !== null);
  if (!hasWords || !hasFields || !Array.isArray(errors)) return Infinity;
  let count = 1 + (cause === undefined ? 0 : countIn(cause, depth + 1));
  for (const error of errors) {
    if (count > BELIEVED_ERRORS) break;
    count += countIn(error, depth + 1);
  }
  return count;
}
