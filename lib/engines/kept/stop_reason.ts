/**
 * Why a job on a slot is to end, and how it has ended then.
 *
 * @module
 */

import type { Ending, Trace } from "../../job.ts";
import { cancelled } from "../cancelled.ts";
import { timedOut } from "../timed_out.ts";
import type { Abort } from "../carry/wire.ts";

/** Why a job is to end: the limit that it has run into, in ms, that nothing goes on here, or that nobody waits for it. */
export type StopReason = { readonly limitMs: number } | "halted" | "over" | "given-up";

/** A job that is to end: its index if it is known, why, and since when. */
export interface Stopping {
  readonly index: number | undefined;
  readonly reason: StopReason;
  readonly since: number;
}

/** How a job has ended that was to end. */
export function stopped(reason: StopReason, trace: Trace): Ending {
  if (typeof reason === "string") return cancelled(trace);
  return { kind: "timed-out", error: timedOut(reason.limitMs), ...trace };
}

/** Why a job is asked to end, as its signal says it. */
export function inWords(reason: StopReason): Abort["reason"] {
  if (reason === "halted") return { name: "AbortError", message: "its task was halted" };
  if (reason === "over") return { name: "AbortError", message: "the run is ending" };
  if (reason === "given-up") {
    return { name: "AbortError", message: "nobody waits for it any more" };
  }
  return { name: "TimeoutError", message: timedOut(reason.limitMs).message };
}
