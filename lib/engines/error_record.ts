/**
 * What was thrown, as data that survives the way from a slot.
 *
 * @module
 */

import type { ErrorRecord } from "../job.ts";

/** How many causes deep a record goes. */
const MAX_DEPTH = 8;

const OWN_PLACE = new Set(["name", "message", "stack", "cause", "errors"]);

/**
 * A plain record of anything that can be thrown.
 *
 * Structured clone keeps of an error its message, stack and cause, and loses its class, its own
 * properties and the errors of an aggregate; so what crosses is this record instead.
 */
export function toErrorRecord(thrown: unknown, depth = 0): ErrorRecord {
  if (!(thrown instanceof Error)) {
    return { name: "Thrown", message: `${textOf(thrown)} was thrown, which is no error` };
  }
  const goesOn = depth < MAX_DEPTH;
  return {
    name: String(read(thrown, "name") ?? "Error"),
    message: String(read(thrown, "message") ?? ""),
    stack: stringOf(read(thrown, "stack")),
    ...(goesOn && Object.hasOwn(thrown, "cause")
      ? { cause: toErrorRecord(read(thrown, "cause"), depth + 1) }
      : {}),
    ...(goesOn && thrown instanceof AggregateError
      ? { errors: thrown.errors.map((error) => toErrorRecord(error, depth + 1)) }
      : {}),
    ...fieldsOf(thrown),
  };
}

function fieldsOf(error: Error): { fields?: Record<string, unknown> } {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (OWN_PLACE.has(key)) continue;
    try {
      fields[key] = structuredClone(read(error, key));
    } catch {
      fields[key] = textOf(read(error, key));
    }
  }
  return Object.keys(fields).length > 0 ? { fields } : {};
}

/** A property, even where reading it throws. */
function read(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A value in few words; never throws. */
function textOf(value: unknown): string {
  try {
    return typeof value === "string" ? JSON.stringify(value) : Deno.inspect(value, { depth: 1 });
  } catch {
    return `a ${typeof value}`;
  }
}
