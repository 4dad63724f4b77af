/**
 * An outcome as JSON, put where it belongs.
 *
 * @module
 */

import type { Action, Outcome } from "../job.ts";
import { toJson } from "./json_value.ts";
import type { Put } from "./printer.ts";
import { textPieces } from "./command_value.ts";
import { reason } from "../errors/reason.ts";
import { csvCell } from "./records.ts";

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

/** A task, as far as it says what the value of its jobs is. */
export interface Valued {
  readonly action: Pick<Action, "kind">;
}

/** Puts the value of an outcome, `null` if it is not done; a command's stdout is never held whole. */
export async function putValue(sink: Put, task: Valued, outcome: Outcome): Promise<void> {
  if (outcome.kind !== "done") {
    await sink.put("null");
  } else if (task.action.kind === "function" || outcome.value !== undefined) {
    await sink.put(toJson(outcome.value));
  } else {
    await sink.put('"');
    if (outcome.output) {
      for await (const text of textPieces(outcome.output)) {
        await sink.put(JSON.stringify(text).slice(1, -1));
      }
    }
    await sink.put('"');
  }
}

/** The heading, without a line end. */
export const HEADING = "task,index,input,kind,value,error,attempts,startedAt,durationMs,slot,pid";

/**
 * Puts the row of an outcome, without a line end. A text is itself, `undefined` is nothing, and any other value is
 * JSON; the error is its reason in words. The stdout of a command is never held whole.
 */
export async function putRow(to: Put, { action }: Valued, outcome: Outcome): Promise<void> {
  const { task, index, input, kind, attempts, slot, pid } = outcome;
  await to.put([task, index, input, kind].map(csvCell).join(",") + ",");
  if (outcome.kind === "done") {
    if (action.kind === "function" || outcome.value !== undefined) {
      await to.put(csvCell(outcome.value));
    } else if (outcome.output) {
      await to.put('"');
      for await (const text of textPieces(outcome.output)) await to.put(text.replaceAll('"', '""'));
      await to.put('"');
    }
  }
  const error = outcome.kind === "done" ? "" : reason(outcome.error);
  const { startedAt, durationMs } = timesOf(outcome);
  await to.put(`,${[error, attempts, startedAt, durationMs, slot, pid].map(csvCell).join(",")}`);
}
