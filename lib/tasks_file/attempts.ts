/**
 * What a document says of attempts, as tasks have it.
 *
 * @module
 */

import type { Retries, Task } from "../job.ts";
import { parseDuration, parseTimeout } from "./durations.ts";
import type { Defaults } from "./schema.ts";

/** How long jobs may take, and which are tried again. */
export type Attempts = Pick<Task, "retries" | "timeout" | "graceMs">;

/** The longest wait between two attempts, in ms, where a task does not say. */
const MAX_MS = 5 * 60 * 1000;

/** What a document in which no mistake was found says of attempts. */
export function attemptsOf({ retries, timeout, grace }: Defaults): Attempts {
  return {
    retries: retries === undefined ? undefined : retriesOf(retries),
    timeout: timeout === undefined ? undefined : parseTimeout(timeout),
    graceMs: grace === undefined ? undefined : parseDuration(grace),
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
