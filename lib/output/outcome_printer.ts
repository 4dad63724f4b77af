/**
 * Outcomes as data, one after the other.
 *
 * @module
 */

import type { Action, Outcome } from "../job.ts";
import type { Printer, Put, Sinks } from "./printer.ts";
import { valuePrinter } from "./turn.ts";
import { toJson } from "./json_value.ts";
import { textPieces } from "./command_value.ts";
import { reason } from "../errors/reason.ts";
import { csvCell } from "./records.ts";

/**
 * Puts an outcome as an object without a line end: `task`, `index`, `input`, `kind`, `value` or `error`,
 * `attempts`, `startedAt` (whole ms since the epoch), `durationMs` (to the µs), `slot`, `pid`, and `host` if one did it.
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
  const { attempts, slot, pid, host } = outcome;
  await to.put(`,${toJson({ attempts, ...timesOf(outcome), slot, pid, host }).slice(1)}`);
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

/** Puts the value of an outcome as JSON, `null` if it is not done. */
export async function putValue(to: Put, { action }: Valued, outcome: Outcome): Promise<void> {
  if (outcome.kind !== "done") await to.put("null");
  else if (action.kind === "function" || outcome.value !== undefined) {
    await to.put(toJson(outcome.value));
  } else await putStdout(to, outcome, (text) => JSON.stringify(text).slice(1, -1));
}

async function putStdout(
  to: Put,
  { output }: Outcome,
  escaped: (text: string) => string,
): Promise<void> {
  await to.put('"');
  if (output) { for await (const text of textPieces(output)) await to.put(escaped(text)); }
  await to.put('"');
}

/** The heading of {@link putRow}, without a line end. */
export const HEADING = "task,index,input,kind,value,error,attempts,startedAt,durationMs,slot,pid";

/**
 * Puts the row of an outcome, without a line end. A text is itself, `undefined` is nothing, and any other value is
 * JSON; the error is its reason in words.
 */
export async function putRow(to: Put, { action }: Valued, outcome: Outcome): Promise<void> {
  const { task, index, input, kind, attempts, slot, pid } = outcome;
  await to.put([task, index, input, kind].map(csvCell).join(",") + ",");
  if (outcome.kind === "done") {
    if (action.kind === "function" || outcome.value !== undefined) {
      await to.put(csvCell(outcome.value));
    } else if (outcome.output) {
      await putStdout(to, outcome, (text) => text.replaceAll('"', '""'));
    }
  }
  const error = outcome.kind === "done" ? "" : reason(outcome.error);
  const { startedAt, durationMs } = timesOf(outcome);
  await to.put(`,${[error, attempts, startedAt, durationMs, slot, pid].map(csvCell).join(",")}`);
}

/**
 * Prints every outcome, of all tasks of the run, as {@link putOutcome} or {@link putRow} has it, the rows of a table
 * below its heading. What functions print goes to stderr, as do the stderr of commands and the stdout of those that did
 * not end well. Folds are not printed.
 */
export function outcomePrinter(sinks: Sinks, format: "ndjson" | "csv"): Printer {
  const put = format === "csv" ? putRow : putOutcome;
  if (format === "csv") sinks.stdout.put(`${HEADING}\n`);
  return valuePrinter(sinks, async (task, outcome) => {
    await put(sinks.stdout, task, outcome);
    await sinks.stdout.put("\n");
  });
}
