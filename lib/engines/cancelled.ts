/**
 * What is said of a job that a halt has ended, or kept from starting.
 *
 * @module
 */

import type { Ending, ErrorRecord, Trace } from "../job.ts";
import type { Jobs, Listener } from "./engine.ts";

/** The error of a job that was cancelled. */
export const CANCELLED: ErrorRecord = { name: "Cancelled", message: "its task was halted" };

/** How such a job has ended. @param trace What is known of it, if it had started. */
export function cancelled(trace: Partial<Trace> = {}): Ending {
  return { kind: "cancelled", error: CANCELLED, ...trace };
}

/** Tells of jobs that have not started, and will not. */
export function cancelUnstarted(listener: Listener, taken: readonly Jobs[]): void {
  for (const jobs of taken) listener.ended(jobs, jobs.inputs.map(() => cancelled()));
}
