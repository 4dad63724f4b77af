/**
 * Why no slot could be started, in words.
 *
 * @module
 */

import { Fault, importHint } from "../fault.ts";
import { nameOf } from "../function_ref.ts";
import type { Awaited, ErrorRecord } from "../job.ts";

/** How often a slot may be opened one time after the other while no job ends there. */
export const VAIN_STARTS = 3;

/** Why a slot is given up that does not come to its first job. */
export function tooSlow(
  what: Extract<Awaited, { readonly slot: number }>,
  limitMs: number,
): ErrorRecord {
  const doing = what.kind === "init" ? `init, ${nameOf(what.run)},` : `to import ${what.module}`;
  return { name: "TimedOut", message: `${doing} took longer than ${limitMs} ms` };
}

/** The fault of a task; Deno says more in further lines, for its own command line. */
export function cannotStart(task: string, error: ErrorRecord): Fault {
  const { stripVTControlCharacters } = process.getBuiltinModule("node:util");
  const [reason] = stripVTControlCharacters(error.message).split("\n");
  const hint = importHint(error.message);
  // Which program a slot is says nothing to whoever has named a function.
  const why = error.name === "NotStarted"
    ? reason?.replace(/^Cannot start "[^"]*": /, "")
    : `${error.name}: ${reason}`;
  const message = `Cannot start task "${task}": ${why}`;
  return new Fault("tasks", message, { cause: error, hint });
}
