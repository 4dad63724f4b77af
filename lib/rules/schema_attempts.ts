/**
 * What a task may say of how long its jobs take, and which are tried again.
 *
 * @module
 */

import * as v from "../npm/valibot.ts";
import {
  DURATION,
  DURATION_PATTERN,
  LONGEST_MS,
  parseTimeout,
  TIMEOUT,
  TIMEOUT_PATTERN,
} from "./durations.ts";
import { WHOLE_FROM_0 } from "./counts.ts";
import { isRecord } from "../schema/flaw.ts";
import { HALT, HALT_PATTERN } from "./halts.ts";
import { parseRate, RATE, RATE_PATTERN } from "./rates.ts";
import { choose, closed, described, wholeFrom } from "../schema/schema_parts.ts";

/** The kinds of outcomes that can be tried again. */
export const KINDS = ["failed", "timed-out", "died"] as const;

const RETRIES = `${WHOLE_FROM_0}, or a record like { times: 3, backoff: 1s }`;
const FACTOR = "a number from 1";
const JITTER = "a share from 0 to 1";
const ON = '"failed", "timed-out", "died", or the name of an error like "TypeError"';

const duration = time(DURATION, DURATION_PATTERN);

// A name in small letters would rather be a slip in one of the kinds.
const reason = v.pipe(v.string(ON), v.regex(/^(?:failed|timed-out|died|[^\sa-z\d-]\S*)$/, ON));

const retries = {
  times: described(wholeFrom(0, WHOLE_FROM_0), "Attempts after the first"),
  backoff: described(
    duration,
    "How long to wait before the second attempt; not at all unless given",
  ),
  factor: described(
    v.pipe(v.number(FACTOR), v.minValue(1, FACTOR), v.finite(FACTOR)),
    "How many times longer each further wait is, 2 unless given",
  ),
  max: described(duration, "The longest wait; 5m unless given, or backoff if that is longer"),
  jitter: described(
    v.pipe(v.number(JITTER), v.minValue(0, JITTER), v.maxValue(1, JITTER)),
    "The share of a wait by which it is longer or shorter at random, 0 unless given",
  ),
  on: described(
    choose(
      [reason, v.pipe(v.array(reason, ON), v.nonEmpty(ON))],
      ([one, several], input) => Array.isArray(input) ? several : one,
    ),
    "Which outcomes (failed, timed-out, died) or names of errors are tried again; all unless given",
  ),
};

const { times, ...others } = retries;

/** The keys about attempts, of tasks and defaults. */
export const attempts = {
  timeout: described(
    time(TIMEOUT, TIMEOUT_PATTERN),
    "How long an attempt may take from when it starts: a duration, or a share of the median so far (200%)",
  ),
  grace: described(
    duration,
    "How long a job may take to end after it was asked to, before it is killed; 5s unless given",
  ),
  retries: described(
    choose(
      [wholeFrom(0, RETRIES), closed({ times }, others, RETRIES)],
      ([count, record], input) => isRecord(input) ? record : count,
    ),
    "Further attempts at a job that does not end well: how many, or a record that says when, too",
  ),
  rate: described(
    v.pipe(
      v.string(RATE),
      v.regex(RATE_PATTERN, RATE),
      v.check((text) => parseRate(text) !== undefined, RATE),
    ),
    "How often jobs may start: 10/s starts one every 100 ms at the most",
  ),
  halt: described(
    v.pipe(v.string(HALT), v.regex(HALT_PATTERN, HALT)),
    "When no further job starts: soon lets those that run end, now ends them; after the first failure or so many (fail=3, fail=10%), successes or ends (done)",
  ),
};

/** Every key of `retries`. */
export const RETRIES_KEYS: readonly string[] = Object.keys(retries);

/** A number of seconds, or a text with a unit. */
function time(wanted: string, pattern: RegExp) {
  const isWithin = (text: string) => parseTimeout(text) !== undefined;
  return choose(
    [
      v.pipe(v.number(wanted), v.gtValue(0, wanted), v.maxValue(LONGEST_MS / 1000, wanted)),
      v.pipe(v.string(wanted), v.regex(pattern, wanted), v.check(isWithin, wanted)),
    ],
    ([seconds, text], input) => typeof input === "number" ? seconds : text,
  );
}
