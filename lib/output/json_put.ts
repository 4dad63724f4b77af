/**
 * The value of a job as JSON, put where it belongs.
 *
 * @module
 */

import type { Outcome, Task } from "../job.ts";
import { textPieces } from "./command_value.ts";
import { toJson } from "./json_value.ts";
import type { Sink } from "./sink.ts";

/** Puts the value of an outcome, `null` if it is not done; a command's stdout is never held whole. */
export async function putValue(sink: Sink, task: Task, outcome: Outcome): Promise<void> {
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
