/**
 * How often jobs may start, as text: `10/s`.
 *
 * @module
 */

import { LONGEST_MS, parseDuration } from "./durations.ts";

/** What a rate must be. */
export const RATE = "a rate like 10/s, 100/m or 1/10s";

/** What a text for a rate looks like. */
export const RATE_PATTERN: RegExp =
  /^(?=[\d.]*[1-9])(\d+(?:\.\d+)?|\.\d+)\/((?:[1-9]\d*)?(?:ms|[smhd]))$/;

/** The shortest time between two starts, in ms: that of `10/s` is 100. `undefined` for anything else. */
export function parseRate(wanted: string): number | undefined {
  const [, count, per = ""] = RATE_PATTERN.exec(wanted) ?? [];
  const perMs = parseDuration(/^\d/.test(per) ? per : `1${per}`);
  const delayMs = perMs === undefined ? NaN : perMs / Number(count);
  return delayMs > 0 && delayMs <= LONGEST_MS ? delayMs : undefined;
}
