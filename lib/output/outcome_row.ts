/**
 * Outcomes as a table of comma separated values, as RFC 4180 has them, with line feeds.
 *
 * @module
 */

import type { Outcome } from "../job.ts";
import { reason } from "../errors/reason.ts";
import { textPieces } from "./command_value.ts";
import type { Valued } from "./json_put.ts";
import { timesOf } from "./outcome_put.ts";
import type { Put } from "./printer.ts";
import { csvCell } from "./records.ts";

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
