/**
 * When a task has had enough, as text: `now,fail=3`, as GNU parallel's `--halt` takes it.
 *
 * @module
 */

import type { Halt } from "../job.ts";

/** What it must be. */
export const HALT = "never, soon, now, or like soon,fail=3, now,fail=10% or now,success=1";

/** What a text for it looks like. */
export const HALT_PATTERN: RegExp =
  /^(?:never|[012]|-[12]|(?:[1-9]\d?|100)%|(?:soon|now)(?:,(?:fail|success|done)=(?:(?:[1-9]\d?|100)%|[1-9]\d*))?)$/;

/** Short forms, and the numbers that GNU parallel has kept from before. */
const SHORT: Readonly<Record<string, string>> = {
  "soon": "soon,fail=1",
  "now": "now,fail=1",
  "0": "never",
  "1": "soon,fail=1",
  "2": "now,fail=1",
  "-1": "soon,success=1",
  "-2": "now,success=1",
};

/** What a text says; `undefined` for what is none. */
export function parseHalt(wanted: string): Halt | "never" | undefined {
  if (!HALT_PATTERN.test(wanted)) return undefined;
  const long = SHORT[wanted] ?? (/^\d+%$/.test(wanted) ? `soon,fail=${wanted}` : wanted);
  if (long === "never") return long;
  const [when, why, amount = ""] = long.split(/[,=]/) as [Halt["when"], Halt["why"], string];
  const limit = parseInt(amount);
  return { when, why, limit: amount.endsWith("%") ? { percent: limit } : { count: limit } };
}

/** How it would be written: `now,fail=10%`. */
export function haltText({ when, why, limit }: Halt): string {
  return `${when},${why}=${"count" in limit ? limit.count : `${limit.percent}%`}`;
}
