/**
 * Why jobs are stopped, and how they have ended then.
 *
 * @module
 */

import type { Ending, ErrorRecord, Trace } from "../job.ts";
import type { Jobs } from "./consecutive_jobs.ts";
import type { Listener } from "./engine.ts";

/** How long a job may take to end from when it was asked to until it is killed, in ms, where its task does not say. */
export const GRACE_MS = 5000;

/** Why a job is to end that has run into no limit: nothing goes on here, or nobody waits for it. */
const WORDS = {
  halted: "its task was halted",
  over: "the run is ending",
  "given-up": "nobody waits for it any more",
} as const;

/** Why a job is to end: the limit that it has run into, in ms, or one of those. */
export type StopReason = { readonly limitMs: number } | keyof typeof WORDS;

/** The error of a job that was cancelled. */
export const CANCELLED: ErrorRecord = { name: "Cancelled", message: WORDS.halted };

/** How a job has ended that a halt has ended. @param trace What is known of it, if it had started. */
export function cancelled(trace: Partial<Trace> = {}): Ending {
  return { kind: "cancelled", error: CANCELLED, ...trace };
}

/** Tells of jobs that have not started, and will not. */
export function cancelUnstarted(listener: Listener, taken: readonly Jobs[]): void {
  for (const jobs of taken) listener.ended(jobs, jobs.inputs.map(() => cancelled()));
}

/**
 * The error of a job that took longer than it may.
 *
 * @param signal What ended it, if it did not end by itself.
 */
export function timedOut(limitMs: number, signal?: string | null): ErrorRecord {
  const message = `it took longer than ${inUnits(limitMs)}`;
  const fields = signal ? { limitMs, signal } : { limitMs };
  return { name: "TimedOut", message, fields };
}

/** How a job has ended that was stopped. */
export function stopped(
  reason: StopReason,
  { startedAt = 0, durationMs = 0, slot = 0, pid, output }: Partial<Trace>,
): Ending {
  const trace = { startedAt, durationMs, slot, pid, output };
  if (typeof reason === "string") return cancelled(trace);
  return { kind: "timed-out", error: timedOut(reason.limitMs), ...trace };
}

/** Why a job is asked to end, as its signal says it: name and message of a `DOMException`. */
export function reasonInWords(reason: StopReason): Pick<ErrorRecord, "name" | "message"> {
  return typeof reason === "string"
    ? { name: "AbortError", message: WORDS[reason] }
    : { name: "TimeoutError", message: timedOut(reason.limitMs).message };
}

function inUnits(ms: number): string {
  if (ms < 1000) return `${Number(ms.toPrecision(3))} ms`;
  return ms < 120_000
    ? `${Number((ms / 1000).toPrecision(3))} s`
    : `${Math.round(ms / 60_000)} min`;
}
