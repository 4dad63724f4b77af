/**
 * Counts, and times as coreutils' `timeout` and GNU parallel's `--timeout` take them: `30s`, `1.5m`, `200%`.
 *
 * @module
 */

import type { GenericSchema } from "../npm/valibot.ts";
import type { PoolFlaw, SchemaParts } from "./rule.ts";

/** What a number must be that may be none. */
export const WHOLE_FROM_0 = "a whole number from 0";

export const COUNT = "a positive whole number";

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

export function wrongCount(key: string, value: unknown): PoolFlaw | undefined {
  return isCount(value) ? undefined : [key, value, "a positive integer"];
}

/** What a count on a command line must be; where it is too large, that says how large it may be. */
export function wantedCount(
  text: string,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): string {
  const isTooLarge = /^\d+$/.test(text) && Number(text) > most;
  return `a whole number from ${least}${isTooLarge ? ` to ${most}` : ""}`;
}

/** The longest duration, in ms: timers of JavaScript take no more than 2³¹ - 1, which is a little more. */
export const LONGEST_MS: number = 24 * 24 * 60 * 60 * 1000;

export const DURATION = "a duration like 500ms, 30s, 5m or 2h, up to 24d";

const UNITS: Readonly<Record<string, number>> = {
  d: 24 * 60 * 60 * 1000,
  h: 60 * 60 * 1000,
  m: 60 * 1000,
  s: 1000,
  ms: 1,
};

/** What an amount above 0 looks like in such a text. */
export const POSITIVE = "(?=[\\d.]*[1-9])(\\d+(?:\\.\\d+)?|\\.\\d+)";

/** What a text for a duration looks like: `30`, `500ms`, `1.5s`. */
export const DURATION_PATTERN: RegExp = new RegExp(`^${POSITIVE}(ms|[smhd])?$`);

/**
 * A duration in whole milliseconds, at least 1: a number is seconds, and so is a text without a unit.
 *
 * `undefined` for anything else, nothing and negative times included, and for more than {@link LONGEST_MS}.
 */
export function parseDuration(wanted: number | string): number | undefined {
  const ms = parseTime(wanted);
  return ms !== undefined && ms <= LONGEST_MS ? Math.max(1, Math.round(ms)) : undefined;
}

/** A time of any length in milliseconds, written as a duration is; `undefined` for anything else. */
export function parseTime(wanted: number | string): number | undefined {
  const [, amount, unit = "s"] = typeof wanted === "number"
    ? ["", wanted]
    : DURATION_PATTERN.exec(wanted) ?? [];
  const ms = Number(amount) * (UNITS[unit] ?? NaN);
  return ms > 0 ? ms : undefined;
}

/** One sentence on what to write instead of what is no duration; nothing if that is not known. */
export function durationHint(value: unknown, name: string): string | undefined {
  const text = String(value);
  if (/^0+(\.0*)?\s*(ms|[smhd%])?$/.test(text)) {
    if (name === "max" || name === "lock") return undefined;
    return name === "grace" ? "1ms is the least" : "leave it out for none";
  }
  const parts = Array.from(text.matchAll(/\s*(\d+)\s*([dhms])/gy), ([part]) => part);
  if (parts.length > 1 && parts.join("") === text) {
    const sum = parts.reduce((sum, part) => sum + (parseTime(part.replaceAll(/\s/g, "")) ?? 0), 0);
    if (sum > 0 && sum <= LONGEST_MS) return `did you mean "${durationText(sum)}"?`;
  }
  const [, amount, unit = ""] = /^([\d.]+)\s*([a-z]+)\.?$/i.exec(text) ?? [];
  if (amount === undefined || !UNIT_WORDS.test(unit)) return undefined;
  const short = /^(ms$|milli)/i.test(unit) ? "ms" : unit.charAt(0).toLowerCase();
  const meant = `${amount}${short}`;
  return meant !== text && parseDuration(meant) !== undefined
    ? `did you mean "${meant}"?`
    : undefined;
}

/** Units as they are written elsewhere. */
const UNIT_WORDS =
  /^(ms|m|millis\w*|milliseconds?|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|d|days?)$/i;

/** A duration as one would write it: in the largest unit that takes at most one decimal. */
export function durationText(ms: number): string {
  const units = Object.entries(UNITS);
  const [unit, size] = units.find(([, size]) => ms >= size && ms * 10 % size === 0) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}

/** What a duration must be as a value of a document: a number of seconds, or a text with a unit. */
export function durationSchema(
  { v, choose }: SchemaParts,
  wanted: string = DURATION,
  pattern: RegExp = DURATION_PATTERN,
  parse: (text: string) => unknown = parseDuration,
): GenericSchema<number | string> {
  return choose(
    [
      v.pipe(v.number(wanted), v.gtValue(0, wanted), v.maxValue(LONGEST_MS / 1000, wanted)),
      v.pipe(
        v.string(wanted),
        v.regex(pattern, wanted),
        v.check((text) => parse(text) !== undefined, wanted),
      ),
    ],
    ([seconds, text], input) => typeof input === "number" ? seconds : text,
  );
}

export function wrongDuration(
  key: string,
  value: number | string | undefined,
): PoolFlaw | undefined {
  const isRight = value === undefined || parseDuration(value) !== undefined;
  return isRight ? undefined : [key, value, DURATION];
}
