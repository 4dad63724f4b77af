/**
 * A run as a trace: the JSON that Perfetto and chrome://tracing open ("Trace Event Format").
 *
 * @module
 */

import { causeOf, inOneLine } from "../output/notices.ts";
import { shownJson } from "../output/json_value.ts";
import { jobNumber } from "../job_number.ts";
import type { Outcome } from "../job.ts";
import { oneLine, shortened } from "../text/shown.ts";
import { PIECE_LENGTH, type ReportedRun } from "./reported_run.ts";

/** How much of an input names its job, and how much of it is told beside, in characters. */
const NAME_LENGTH = 60;
const INPUT_LENGTH = 400;

/** How much too early a start may be told, in µs: some are whole ms. Bars of a slot must not overlap. */
const CLOCK_US = 1000;

/**
 * Each job as a bar: its task is a process of the trace, its slot a thread of that. Times are in µs since the run was
 * begun. Of a job that was tried several times the last attempt is shown.
 */
export function* traceReport(run: ReportedRun): Generator<string> {
  const { id, line, folder, state, startedAt } = run;
  const about = { run: id, line, folder, state, startedAt };
  const shown = Object.entries(about).map(([name, value]) => [name, oneLine(`${value ?? ""}`)]);
  const other = JSON.stringify(Object.fromEntries(shown));
  let piece = `{"displayTimeUnit":"ms","otherData":${other},"traceEvents":[`;
  let separator = "\n";
  let origin = startedAt;
  const add = (event: unknown) => {
    piece += separator + JSON.stringify(event);
    separator = ",\n";
  };
  for (const [i, task] of run.tasks.entries()) {
    const pid = i + 1;
    add(metadata("process_name", pid, 0, { name: oneLine(task.task) }));
    add(metadata("process_sort_index", pid, 0, { sort_index: pid }));
    const ends = new Map<number, number>();
    for (const outcome of task.outcomes()) {
      const { slot, startedAt } = outcome;
      if (slot === undefined || startedAt === undefined) continue;
      const end = ends.get(slot);
      if (end === undefined) {
        add(metadata("thread_name", pid, slot, { name: `slot ${slot}` }));
      }
      const bar = barOf(outcome, pid, slot, startedAt - (origin ??= startedAt));
      const from = end !== undefined && end - bar.ts < CLOCK_US ? Math.max(bar.ts, end) : bar.ts;
      const to = Math.max(from, bar.ts + bar.dur);
      ends.set(slot, to);
      add({ ...bar, ts: from, dur: to - from });
      if (piece.length > PIECE_LENGTH) {
        yield piece;
        piece = "";
      }
    }
  }
  yield `${piece}\n]}\n`;
}

/** What is told of a process or a thread, as Chrome writes it: some readers want a category and a time of it, too. */
function metadata(name: string, pid: number, tid: number, args: Record<string, unknown>) {
  return { ph: "M", name, cat: "__metadata", pid, tid, ts: 0, args };
}

function barOf(outcome: Outcome, pid: number, tid: number, fromMs: number) {
  const { index, input, kind, attempts, durationMs = 0 } = outcome;
  const cause = causeOf(outcome);
  const job = jobNumber(index);
  const text = input === undefined ? undefined : oneLine(shownJson(input));
  const name = text === undefined ? `job ${job}` : shortened(text, NAME_LENGTH);
  // Rounded alike, what follows a job in its slot begins no µs before that ends.
  const [from, to] = [Math.round(fromMs * 1000), Math.round((fromMs + durationMs) * 1000)];
  const args = {
    ...{ job, input: text && shortened(text, INPUT_LENGTH), outcome: kind, attempts },
    ...cause && { error: inOneLine(cause) },
  };
  return { ph: "X", name, cat: kind, pid, tid, ts: from, dur: to - from, args };
}
