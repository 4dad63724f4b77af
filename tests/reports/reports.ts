/**
 * Reports of runs made by hand.
 *
 * @module
 */

import type { Outcome, Output } from "../../lib/job.ts";
import type { ReportedRun, ReportedTask } from "../../lib/reports/reported_run.ts";
import { Timeline } from "../../lib/reports/timeline.ts";
import { causeOf } from "../../lib/output/notices.ts";

/** When these runs were begun. */
export const START = Date.UTC(2026, 0, 31, 12);

/** Text that would do harm if it were taken for anything else. */
export const HOSTILE =
  `</script><script>alert(1)</script><img src=x onerror='alert(2)'>]]>&amp;"\0\x1b[2J\x07\u202e\u2066\ud800\ufffe\u2028`;

/** How a job ended, 10 ms after the one before, in slot 1. */
export function job(
  task: string,
  index: number,
  ending: Partial<Outcome> & { readonly input?: unknown } = {},
): Outcome {
  const trace = { startedAt: START + index * 10, durationMs: 5, slot: 1 };
  const well = { task, index, input: index, attempts: 1, kind: "done", value: 0, ...trace };
  return { ...well, ...ending } as Outcome;
}

/** How a job ends that throws. */
export function throwing(message: string, name = "Error"): Partial<Outcome> {
  return { kind: "failed", error: { name, message } };
}

/** What a job wrote, as a journal has it: it can be read again. */
export function wrote(stdout: string, stderr: string): Output {
  const bytes = {
    stdout: new TextEncoder().encode(stdout),
    stderr: new TextEncoder().encode(stderr),
  };
  return {
    async *read(stream) {
      yield bytes[stream];
    },
    tap() {},
    drop() {},
    dropUnread() {},
  };
}

/** A run of these jobs, whose tasks are whole but for those of which more inputs are told. */
export function runOf(
  jobs: Readonly<Record<string, Iterable<Outcome>>>,
  { inputs = {}, ...more }: Partial<ReportedRun> & {
    readonly inputs?: Readonly<Record<string, number>>;
  } = {},
): ReportedRun {
  const timeline = new Timeline(START);
  const slowest: Outcome[] = [];
  let first: Outcome | undefined;
  const tasks = Object.entries(jobs).map(([task, outcomes]): ReportedTask => {
    const counts: Partial<Record<Outcome["kind"], number>> = {};
    let [count, totalMs] = [0, 0];
    for (const outcome of outcomes) {
      const { kind, slot = 1, startedAt = 0, durationMs = 0 } = outcome;
      timeline.add(task, slot, startedAt, durationMs, kind === "done");
      counts[kind] = (counts[kind] ?? 0) + 1;
      count++;
      totalMs += durationMs;
      if (slowest.length < 20) slowest.push(outcome);
      if (kind !== "done") first ??= outcome;
    }
    return {
      ...{ task, counts, jobs: count, totalMs, medianMs: 5, inputs: inputs[task] ?? count },
      isWhole: count === (inputs[task] ?? count),
      *outcomes({ onlyFailed } = { onlyFailed: false }) {
        for (const outcome of outcomes) if (!onlyFailed || outcome.kind !== "done") yield outcome;
      },
    };
  });
  return {
    ...{ id: "r", state: "ended", isWell: first === undefined, line: "fanfold run", folder: "/" },
    ...{ startedAt: START, tasks, cause: first && causeOf(first), slowest, timeline },
    ...more,
  };
}

/** All of a report. */
export async function textOf(pieces: Iterable<string> | AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(pieces)).join("");
}
