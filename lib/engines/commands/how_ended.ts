/**
 * How commands have ended, in words.
 *
 * @module
 */

import type { Ending, ErrorRecord } from "../../job.ts";
import { CANCELLED } from "../cancelled.ts";
import type { Status } from "../system/status.ts";
import { timedOut } from "../timed_out.ts";

/** Why a command was asked to end: the limit that it has run into, in ms, or that its task was halted. */
export type WhyAsked = { readonly limitMs: number } | "halted";

/** How a command has ended, without the trace. */
export type How =
  | { readonly kind: "done" }
  | { readonly kind: Exclude<Ending["kind"], "done">; readonly error: ErrorRecord };

/**
 * What is said of how a command has ended.
 *
 * @param reason Why it was asked to end; then it does not matter how it has ended.
 */
export function howEnded({ code, signal }: Status, reason?: WhyAsked): How {
  if (reason === "halted") return { kind: "cancelled", error: CANCELLED };
  if (reason) return { kind: "timed-out", error: timedOut(reason.limitMs, signal) };
  if (signal) {
    const name = /^\d/.test(signal) ? `signal ${signal}` : signal;
    const message = `the command was killed by ${name}`;
    return { kind: "died", error: { name: "Signal", message, fields: { signal } } };
  }
  if (code === 0) return { kind: "done" };
  const message = `the command ended with exit code ${code}`;
  return { kind: "failed", error: { name: "Exit", message, fields: { code } } };
}
