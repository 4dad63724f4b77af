/**
 * What was thrown, as data that survives the way from a slot.
 *
 * @module
 */

import { read, toCloneBytes } from "../clones/bytes.ts";
import type { ErrorRecord } from "../job.ts";

/** How many causes deep a record goes. */
const MAX_DEPTH = 8;

const OWN_PLACE = new Set(["name", "message", "stack", "cause", "errors"]);

/**
 * A plain record of anything that can be thrown; never throws itself.
 *
 * Structured clone keeps of an error its message, stack and cause, and loses its class, its own
 * properties and the errors of an aggregate; so what crosses is this record instead.
 */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  return recordOf(thrown, []);
}

/** @param path The errors that lead to this one, which may lead back to one of them. */
function recordOf(thrown: unknown, path: readonly unknown[]): ErrorRecord {
  try {
    if (thrown instanceof Error) return recordOfError(thrown, [...path, thrown]);
  } catch {
    // A proxy, for example, can throw whatever is asked of it.
  }
  return { name: "Thrown", message: `${textOf(thrown)} was thrown, which is no error` };
}

function recordOfError(error: Error, path: readonly unknown[]): ErrorRecord {
  const leadsOn = (to: unknown) => path.length <= MAX_DEPTH && !path.includes(to);
  const cause = Object.hasOwn(error, "cause") ? { thrown: valueOf(error, "cause") } : undefined;
  const errors = error instanceof AggregateError ? valueOf(error, "errors") : undefined;
  return {
    name: wordOf(valueOf(error, "name") ?? "Error"),
    message: wordOf(valueOf(error, "message") ?? ""),
    stack: stringOf(valueOf(error, "stack")),
    ...(cause && leadsOn(cause.thrown) ? { cause: recordOf(cause.thrown, path) } : {}),
    ...(Array.isArray(errors)
      ? { errors: errors.filter(leadsOn).map((each) => recordOf(each, path)) }
      : {}),
    ...fieldsOf(error),
  };
}

function fieldsOf(error: Error): { fields?: Record<string, unknown> } {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (OWN_PLACE.has(key)) continue;
    const value = valueOf(error, key);
    try {
      // Not all that can be cloned within a process can leave it.
      fields[key] = typeof value === "object" ? read(toCloneBytes(value)) : structuredClone(value);
    } catch {
      fields[key] = textOf(value);
    }
  }
  return Object.keys(fields).length > 0 ? { fields } : {};
}

/** A property, even where reading it throws. */
function valueOf(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
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
    return typeof value === "string" ? JSON.stringify(value) : Deno.inspect(value, { depth: 1 });
  } catch {
    return `A value of type ${typeof value}`;
  }
}
