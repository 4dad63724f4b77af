/**
 * What a document says of attempts, as tasks have it.
 *
 * @module
 */

import type { Retries, Task } from "../job.ts";
import { parseDuration, parseTimeout } from "./durations.ts";
import { parseHalt } from "./halts.ts";
import { parseRate } from "./rates.ts";
import type { Defaults } from "../tasks_file/schema.ts";

/** How long jobs may take, which are tried again, how often they start and until when. */
export type Attempts = Pick<Task, "retries" | "timeout" | "graceMs" | "delayMs" | "halt">;

/** The longest wait between two attempts, in ms, where a task does not say. */
const MAX_MS = 5 * 60 * 1000;

/** What a document in which no mistake was found says of attempts. */
export function attemptsOf({ retries, timeout, grace, rate, halt }: Defaults): Attempts {
  const halted = halt === undefined ? undefined : parseHalt(halt);
  return {
    retries: retries === undefined ? undefined : retriesOf(retries),
    timeout: timeout === undefined ? undefined : parseTimeout(timeout),
    graceMs: grace === undefined ? undefined : parseDuration(grace),
    delayMs: rate === undefined ? undefined : parseRate(rate),
    halt: halted === "never" ? undefined : halted,
  };
}

/** Which jobs are tried again: all, so many times, or as a record says; `undefined` if none. */
export function retriesOf(said: NonNullable<Defaults["retries"]>): Retries | undefined {
  const { times, backoff, factor = 2, max, jitter = 0, on } = typeof said === "number"
    ? { times: said }
    : said;
  if (times === 0) return undefined;
  const backoffMs = backoff === undefined ? 0 : parseDuration(backoff) ?? 0;
  const maxMs = max === undefined ? undefined : parseDuration(max);
  return {
    times,
    backoffMs,
    factor,
    maxMs: maxMs ?? Math.max(MAX_MS, backoffMs),
    jitter,
    ...(on === undefined ? {} : { on: typeof on === "string" ? [on] : on }),
  };
}
