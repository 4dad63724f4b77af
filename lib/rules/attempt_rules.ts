/**
 * What the keys about attempts must be to one another, and to where functions run.
 *
 * @module
 */

import { parseDuration } from "./durations.ts";
import { describe, type Flaw, type Key, nameOf } from "../schema/flaw.ts";
import type { Defaults, FunctionSpec } from "../tasks_file/schema.ts";

/** Why a time-out asks for a process, to stand behind `for "timeout"`. */
export const CANNOT_END_LOOPS = "cannot end a loop in a Worker";

/** What is said of other keys that ask for a process. */
export const NEEDS_PROCESS = "needs a process of its own";

/** Keys of `retries` that say what becomes of a wait. */
const OF_WAITS = ["factor", "max", "jitter"] as const;

/** What contradicts itself in the `retries` of a task or of the defaults. */
export function* retriesRules(
  owner: readonly Key[],
  { retries }: Pick<Defaults, "retries">,
): Iterable<Flaw> {
  if (typeof retries !== "object") return;
  const { backoff, max } = retries;
  const at = (key: string) => [...owner, "retries", key];
  if (backoff === undefined) {
    for (const key of OF_WAITS.filter((key) => retries[key] !== undefined)) {
      const message = `${nameOf(at(key))} goes with "backoff" only`;
      yield { path: at(key), on: "key", message };
    }
  } else if (max !== undefined && (parseDuration(max) ?? 0) < (parseDuration(backoff) ?? 0)) {
    const wanted = `wanted no less than the "backoff" of ${describe(backoff)}`;
    const message = `found ${describe(max)} as ${nameOf(at("max"))}, ${wanted}`;
    yield { path: at("max"), on: "value", message };
  }
}

/** What a Worker cannot do that a task asks for, as a reason to stand behind `for`. */
export function needsProcess(
  { env, cwd, timeout, memory }: FunctionSpec,
  defaults: Defaults,
): string | undefined {
  if (env !== undefined) return `"env" ${NEEDS_PROCESS}`;
  if (cwd !== undefined) return `"cwd" ${NEEDS_PROCESS}`;
  if (timeout !== undefined) return `"timeout" ${CANNOT_END_LOOPS}`;
  if (defaults.timeout !== undefined) return `the "timeout" of the defaults ${CANNOT_END_LOOPS}`;
  if (memory !== undefined) return `"memory" ${NEEDS_PROCESS}`;
  if (defaults.memory !== undefined) return `the "memory" of the defaults ${NEEDS_PROCESS}`;
  return undefined;
}
