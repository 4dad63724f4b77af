/**
 * How often jobs may start: `10/s`, or as an option the time between two starts.
 *
 * @module
 */

import { DURATION, durationHint, durationText, LONGEST_MS, parseDuration } from "./quantities.ts";
import type { Rule } from "./rule.ts";

const RATE = "a rate like 10/s, 100/m or 1/10s";

const RATE_PATTERN = /^(?=[\d.]*[1-9])(\d+(?:\.\d+)?|\.\d+)\/((?:[1-9]\d*)?(?:ms|[smhd]))$/;

/** The shortest time between two starts, in ms: that of `10/s` is 100. `undefined` for anything else. */
export function parseRate(wanted: string): number | undefined {
  const [, count, per = ""] = RATE_PATTERN.exec(wanted) ?? [];
  const perMs = parseDuration(/^\d/.test(per) ? per : `1${per}`);
  const delayMs = perMs === undefined ? NaN : perMs / Number(count);
  return delayMs > 0 && delayMs <= LONGEST_MS ? delayMs : undefined;
}

export const rate = {
  key: "rate",
  description: "How often jobs may start: 10/s starts one every 100 ms at the most",
  means: "for example `10/s`, `100/m`, `1/10s`",
  default: "as slots are free",
  appliesTo: "all",
  schema: ({ v }) =>
    v.pipe(
      v.string(RATE),
      v.regex(RATE_PATTERN, RATE),
      v.check((text) => parseRate(text) !== undefined, RATE),
    ),
  field: "delayMs",
  read: parseRate,
  line: "attempts",
  say: (delayMs) => `a start every ${durationText(Number(delayMs.toFixed(3)))}`,
  option: {
    name: "delay",
    value: "DURATION",
    description: "time between the starts of two jobs: 500ms, 2s",
    read: parseDuration,
    wanted: () => DURATION,
    hint: (text) => durationHint(text, "delay"),
  },
  meant: (value) =>
    typeof value === "number" && value > 0 ? `did you mean "${value}/s"?` : undefined,
} as const satisfies Rule<"rate", { readonly rate?: string }, { readonly delayMs?: number }>;
