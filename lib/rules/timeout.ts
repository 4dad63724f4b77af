/**
 * How long an attempt at a job may take, and how long the job has to end then.
 *
 * @module
 */

import {
  DURATION,
  durationHint,
  durationSchema,
  durationText,
  parseDuration,
  POSITIVE,
  wrongDuration,
} from "./quantities.ts";
import type { Rule } from "./rule.ts";

/** A time, or a share of the median of what jobs of the task have taken that ended well. */
export type Timeout = { readonly ms: number } | { readonly percent: number };

const TIMEOUT = `${DURATION}, or a share of the median like 200%`;

/** What a text for a time-out looks like: a duration, or `200%`. */
const TIMEOUT_PATTERN = new RegExp(`^${POSITIVE}(ms|[smhd%])?$`);

/** A duration, or `200%` of the median of what jobs of the task have taken; `undefined` for anything else. */
export function parseTimeout(wanted: number | string): Timeout | undefined {
  if (typeof wanted === "string" && wanted.endsWith("%")) {
    const percent = TIMEOUT_PATTERN.test(wanted) ? parseFloat(wanted) : NaN;
    return percent > 0 && percent < Infinity ? { percent } : undefined;
  }
  const ms = parseDuration(wanted);
  return ms === undefined ? undefined : { ms };
}

export const timeout = {
  key: "timeout",
  description:
    "How long an attempt may take from when it starts: a duration, or a share of the median so far (200%)",
  means: "`500ms`, `30s`, `5m`, a number of seconds, or `200%`; a slot that " +
    "takes up no job for 5 s is replaced",
  default: "none",
  appliesTo: "all",
  schema: (parts) => durationSchema(parts, TIMEOUT, TIMEOUT_PATTERN, parseTimeout),
  field: "timeout",
  read: parseTimeout,
  line: "attempts",
  say: (timeout) =>
    "ms" in timeout
      ? `timeout ${durationText(timeout.ms)}`
      : `timeout ${timeout.percent}% of the median`,
  option: {
    name: "timeout",
    value: "DURATION|PERCENT",
    description: "time for one attempt: 30s, 5m, 200% (of the median)",
    read: parseTimeout,
    wanted: () => TIMEOUT,
    hint: (text) => durationHint(text, "timeout"),
  },
  asksForProcess: { because: "cannot end a loop in a Worker", subject: "a time-out" },
  meant: (value) => durationHint(value, "timeout"),
  poolFlaw: (timeout) => wrongDuration("timeout", timeout),
} as const satisfies Rule<
  "timeout",
  { readonly timeout?: number | string },
  { readonly timeout?: Timeout }
>;

export const grace = {
  key: "grace",
  description:
    "How long a job may take to end after it was asked to, before it is killed; 5s unless given",
  appliesTo: "all",
  schema: (parts) => durationSchema(parts),
  field: "graceMs",
  read: parseDuration,
  line: "attempts",
  say: (graceMs) => `grace ${durationText(graceMs)}`,
  option: {
    name: "grace",
    value: "DURATION",
    description: "time for a job asked to end, before it is killed (5s)",
    read: parseDuration,
    wanted: () => DURATION,
    hint: (text) => durationHint(text, "grace"),
  },
  meant: (value) => durationHint(value, "grace"),
  poolFlaw: (grace) => wrongDuration("grace", grace),
} as const satisfies Rule<
  "grace",
  { readonly grace?: number | string },
  { readonly graceMs?: number }
>;
