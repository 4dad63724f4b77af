/**
 * How long jobs may take and which are tried again, in words.
 *
 * @module
 */

import type { Retries, Task, Timeout } from "../job.ts";
import { durationText } from "./durations.ts";
import { haltText } from "./halts.ts";

/** What a task says of attempts: `timeout 30s; grace 10s; retries 3 on failed`; nothing if it says nothing. */
export function attemptsText(task: Task): string | undefined {
  const { timeout, graceMs, retries, delayMs, halt } = task;
  const parts = [
    ...(timeout === undefined ? [] : [timeoutText(timeout)]),
    ...(graceMs === undefined ? [] : [`grace ${durationText(graceMs)}`]),
    ...(retries === undefined ? [] : [retriesText(retries)]),
    ...(delayMs === undefined ? [] : [`a start every ${durationText(Number(delayMs.toFixed(3)))}`]),
    ...(halt === undefined ? [] : [`halt ${haltText(halt)}`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

function timeoutText(timeout: Timeout): string {
  return "ms" in timeout
    ? `timeout ${durationText(timeout.ms)}`
    : `timeout ${timeout.percent}% of the median`;
}

function retriesText({ times, backoffMs, factor, maxMs, jitter, on }: Retries): string {
  const reasons = on === undefined ? "" : ` on ${on.join(" or ")}`;
  if (backoffMs === 0) return `retries ${times}${reasons}`;
  const waits = `backoff ${durationText(backoffMs)}, factor ${factor}, max ${durationText(maxMs)}`;
  return `retries ${times}${reasons}, ${waits}${jitter === 0 ? "" : `, jitter ${jitter}`}`;
}
