/**
 * Why no slot could be started, in words.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import type { ErrorRecord } from "../job.ts";

/** The fault of a task; Deno says more in further lines, for its own command line. */
export function cannotStart(task: string, error: ErrorRecord): Fault {
  const { stripVTControlCharacters } = process.getBuiltinModule("node:util");
  const [reason] = stripVTControlCharacters(error.message).split("\n");
  const hint = /not in import map/.test(error.message)
    ? "start fanfold with the deno.json of the module: deno run -A --config deno.json …"
    : undefined;
  const message = `Cannot start task "${task}": ${error.name}: ${reason}`;
  return new Fault("tasks", message, { cause: error, hint });
}
