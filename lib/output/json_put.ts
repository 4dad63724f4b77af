/**
 * The value of a job as JSON, put where it belongs.
 *
 * @module
 */

import type { Action, Outcome } from "../job.ts";
import { textPieces } from "./command_value.ts";
import { toJson } from "./json_value.ts";
import type { Put } from "./printer.ts";

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
