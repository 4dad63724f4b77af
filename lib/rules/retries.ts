/**
 * Which jobs are tried again, how often and when.
 *
 * @module
 */

import {
  durationHint,
  durationSchema,
  durationText,
  parseDuration,
  wantedCount,
  WHOLE_FROM_0,
  wrongDuration,
} from "./quantities.ts";
import type { PoolFlaw, Rule } from "./rule.ts";
import { describe, type Flaw, isRecord, type Key, nameOf } from "../schema/flaw.ts";
import { didYouMean } from "../text/nearest.ts";

/** Which jobs are tried again, how often and when. */
export interface Retries {
  /** Attempts after the first. */
  readonly times: number;
  /** How long to wait before the second attempt, in ms. */
  readonly backoffMs: number;
  /** How many times longer each further wait is; at least 1. */
  readonly factor: number;
  /** The longest wait, in ms. */
  readonly maxMs: number;
  /** The share of a wait, from 0 to 1, by which it is longer or shorter at random. */
  readonly jitter: number;
  /** Kinds of endings and names of errors that are tried again; all but `done` if absent. */
  readonly on?: readonly string[];
}

/** Which jobs are tried again, how often and when, as a tasks file says it. */
export interface RetriesOptions {
  /** Attempts after the first. */
  readonly times: number;
  /** How long to wait before the second attempt; not at all unless given. */
  readonly backoff?: number | string;
  /** How many times longer each further wait is, 2 unless given. */
  readonly factor?: number;
  /** The longest wait; `"5m"` unless given, or `backoff` if that is longer. */
  readonly max?: number | string;
  /** The share of a wait, from 0 to 1, by which it is longer or shorter at random. */
  readonly jitter?: number;
  /** Which are tried again: `"failed"`, `"timed-out"`, `"died"`, names of errors; all unless given. */
  readonly on?: string | readonly string[];
}

/** The longest wait between two attempts, in ms, where a task does not say. */
const MAX_MS = 5 * 60 * 1000;

const KINDS = ["failed", "timed-out", "died"] as const;

const RETRIES = `${WHOLE_FROM_0}, or a record like { times: 3, backoff: 1s }`;
const FACTOR = "a number from 1";
const JITTER = "a share from 0 to 1";
const ON = '"failed", "timed-out", "died", or the name of an error like "TypeError"';

/** Keys that say what becomes of a wait. */
const OF_WAITS = ["factor", "max", "jitter"] as const;

const KEYS = {
  times: "Attempts after the first",
  backoff: "How long to wait before the second attempt; not at all unless given",
  factor: "How many times longer each further wait is, 2 unless given",
  max: "The longest wait; 5m unless given, or backoff if that is longer",
  jitter: "The share of a wait by which it is longer or shorter at random, 0 unless given",
  on:
    "Which outcomes (failed, timed-out, died) or names of errors are tried again; all unless given",
};

export const retries = {
  key: "retries",
  description:
    "Further attempts at a job that does not end well: how many, or a record that says when, too",
  means:
    "for example `3`, or `{ times: 3, backoff: 1s, factor: 2, max: 5m, jitter: 0.1, on: [timed-out, TypeError] }`",
  default: "`0`; at once, on all endings",
  appliesTo: "all",
  keys: KEYS,
  schema: (parts) => {
    const { v, choose, closed, described, wholeFrom } = parts;
    // A name in small letters would rather be a slip in one of the kinds.
    const reason = v.pipe(v.string(ON), v.regex(/^(?:failed|timed-out|died|[^\sa-z\d-]\S*)$/, ON));
    const record = closed({ times: described(wholeFrom(0, WHOLE_FROM_0), KEYS.times) }, {
      backoff: described(durationSchema(parts), KEYS.backoff),
      factor: described(
        v.pipe(v.number(FACTOR), v.minValue(1, FACTOR), v.finite(FACTOR)),
        KEYS.factor,
      ),
      max: described(durationSchema(parts), KEYS.max),
      jitter: described(
        v.pipe(v.number(JITTER), v.minValue(0, JITTER), v.maxValue(1, JITTER)),
        KEYS.jitter,
      ),
      on: described(
        choose(
          [reason, v.pipe(v.array(reason, ON), v.nonEmpty(ON))],
          ([one, several], input) => Array.isArray(input) ? several : one,
        ),
        KEYS.on,
      ),
    }, RETRIES);
    return choose(
      [wholeFrom(0, RETRIES), record],
      ([count, record], input) => isRecord(input) ? record : count,
    );
  },
  field: "retries",
  read: retriesOf,
  line: "attempts",
  say: ({ times, backoffMs, factor, maxMs, jitter, on }) => {
    const all = `retries ${times}${on === undefined ? "" : ` on ${on.join(" or ")}`}`;
    if (backoffMs === 0) return all;
    const waits = `${durationText(backoffMs)}, factor ${factor}, max ${durationText(maxMs)}`;
    return `${all}, backoff ${waits}${jitter === 0 ? "" : `, jitter ${jitter}`}`;
  },
  option: {
    name: "retries",
    value: "N",
    isFirst: true,
    description: "further attempts at a job that does not end well",
    gives: "times",
    read: (text) =>
      /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined,
    wanted: (text) => wantedCount(text, 0),
    // Of the retries of a task only the number changes.
    over: (times: number, before?: Retries) =>
      before === undefined || times === 0 ? retriesOf(times) : { ...before, times },
  },
  *flaws(owner, { retries }): Iterable<Flaw> {
    if (typeof retries !== "object") return;
    const { backoff, max } = retries;
    const at = (key: string) => [...owner, "retries", key];
    if (backoff === undefined) {
      for (const key of OF_WAITS.filter((key) => retries[key] !== undefined)) {
        const message = `${nameOf(at(key))} goes with "backoff" only`;
        yield { path: at(key), on: "key", message };
      }
    } else if (max !== undefined && (parseDuration(max) ?? 0) < (parseDuration(backoff) ?? 0)) {
      const wanted = `wanted no less than the "backoff" of ${describe(backoff)}`;
      const message = `found ${describe(max)} as ${nameOf(at("max"))}, ${wanted}`;
      yield { path: at("max"), on: "value", message };
    }
  },
  meant: (value, key?: Key) => {
    if (key === "on") return didYouMean(String(value), KINDS);
    return key === "backoff" || key === "max" ? durationHint(value, key) : undefined;
  },
  poolFlaw(retries): PoolFlaw | undefined {
    const { times, backoff, max, factor = 1, jitter = 0 } = typeof retries === "number"
      ? { times: retries }
      : retries;
    if (!(Number.isSafeInteger(times) && times >= 0)) return ["retries", times, WHOLE_FROM_0];
    const wrong = wrongDuration("retries.backoff", backoff) ?? wrongDuration("retries.max", max);
    if (wrong) return wrong;
    if (!(factor >= 1 && factor < Infinity)) return ["retries.factor", factor, "at least 1"];
    return jitter >= 0 && jitter <= 1 ? undefined : ["retries.jitter", jitter, JITTER];
  },
} as const satisfies Rule<
  "retries",
  { readonly retries?: number | RetriesOptions },
  { readonly retries?: Retries }
>;

/** All are tried again, so many times, or as a record says; `undefined` if none is. */
function retriesOf(said: number | RetriesOptions): Retries | undefined {
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
