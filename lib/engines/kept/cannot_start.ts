/**
 * Why no slot could be started, in words.
 *
 * @module
 */

import { type Fault, importHint } from "../../fault.ts";
import { addressOf } from "../../modules/function_ref.ts";
import { importing, importPlace } from "../../modules/imported.ts";
import type { Awaited } from "../../events.ts";
import type { ErrorRecord, FunctionAction, Task } from "../../job.ts";
import { faultOf, near } from "../../errors/reason.ts";
import { permissionsHint } from "../permissions_hint.ts";

/** How often a slot may be opened one time after the other while no job ends there. */
export const VAIN_STARTS = 3;

/** Why a slot is given up that does not come to its first job. */
export function tooSlow(
  what: Extract<Awaited, { readonly slot: number }>,
  limitMs: number,
): ErrorRecord {
  const doing = what.kind === "init"
    ? `init, ${near(addressOf(what.run))},`
    : `to import ${near(what.module)}`;
  return { name: "TimedOut", message: `${doing} took longer than ${limitMs} ms` };
}

/** How a module is started that imports what is not there yet, where its functions may download nothing. */
function cacheHint(
  { permissions }: Task,
  { message }: ErrorRecord,
  at: string | undefined,
): string | undefined {
  const isOfModule = at !== undefined && at !== "init";
  if (!permissions || !isOfModule || !message.includes("--cached-only is specified")) {
    return undefined;
  }
  return `have what it imports downloaded before: deno cache ${near(at)}`;
}

/**
 * The fault of a task, or of a pool, which has functions of all names.
 *
 * @param at The URL of the module that was imported just then, or that `init` ran; neither if absent.
 */
export async function cannotStart(
  task: Task,
  error: ErrorRecord,
  at?: string,
): Promise<Fault> {
  const { name, action } = task;
  const { run, init } = action as FunctionAction;
  const hint = importHint(error.message) ?? cacheHint(task, error, at) ??
    permissionsHint(task, error);
  const whose = run.path.length > 0 ? `task "${name}"` : `pool of ${near(run.module)}`;
  const what = `Cannot start ${whose}`;
  const more = { cause: error, hint };
  if (at === undefined) {
    // Which program a slot is says nothing to whoever has named a function.
    const message = error.name === "NotStarted"
      ? error.message.replace(/^Cannot start "[^"]*": /, "")
      : error.message;
    return faultOf("tasks", what, { ...error, message }, more);
  }
  if (at === "init") {
    const named = init ? ` ${near(addressOf(init))}` : "";
    return faultOf("tasks", `${what}: its init${named} failed`, error, more);
  }
  const place = await importPlace(error, at);
  return faultOf("tasks", `${what}: ${importing(at)}`, error, { ...more, at: place });
}
