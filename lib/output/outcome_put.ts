/**
 * An outcome as JSON, put where it belongs.
 *
 * @module
 */

import type { Outcome } from "../job.ts";
import { putValue, type Valued } from "./json_put.ts";
import { toJson } from "./json_value.ts";
import type { Put } from "./printer.ts";

/**
 * Puts an outcome as an object without a line end: `task`, `index`, `input`, `kind`, `value` or `error`,
 * `attempts`, `startedAt` (whole ms since the epoch), `durationMs` (to the µs), `slot`, `pid`.
 */
export async function putOutcome(to: Put, what: Valued, outcome: Outcome): Promise<void> {
  const { task, index, input, kind } = outcome;
  const name = toJson(task);
  await to.put(`{"task":${name},"index":${index},"input":${toJson(input)},"kind":"${kind}"`);
  if (outcome.kind === "done") {
    await to.put(',"value":');
    await putValue(to, what, outcome);
  } else {
    await to.put(`,"error":${toJson(outcome.error)}`);
  }
  const { attempts, slot, pid } = outcome;
  await to.put(`,${toJson({ attempts, ...timesOf(outcome), slot, pid }).slice(1)}`);
}

/** When a job started and how long it took, where that is known: in whole ms, and to the µs. */
export function timesOf(
  { startedAt, durationMs }: Outcome,
): { readonly startedAt?: number; readonly durationMs?: number } {
  if (startedAt === undefined || durationMs === undefined) return {};
  return { startedAt: Math.round(startedAt), durationMs: Math.round(durationMs * 1000) / 1000 };
}
