/**
 * What is said of a job that took too long.
 *
 * @module
 */

import type { ErrorRecord } from "../job.ts";

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

function inUnits(ms: number): string {
  if (ms < 1000) return `${Number(ms.toPrecision(3))} ms`;
  return ms < 120_000
    ? `${Number((ms / 1000).toPrecision(3))} s`
    : `${Math.round(ms / 60_000)} min`;
}
