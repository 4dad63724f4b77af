/**
 * The order in which jobs start of which it is known how long they took before.
 *
 * @module
 */

import { type Jobs, part } from "../engines/consecutive_jobs.ts";
import type { TimeBefore } from "../job.ts";

/** Jobs that took less, in ms, are not told apart: as much work goes in one message anyway. */
const QUICK_MS = 4;

/** Nor are those that took a smaller share than this of the work of a slot: that much is lost at the end at the most. */
const QUICK_SHARE = 1 / 1000;

interface SlowestFirstOptions {
  readonly timeOf: TimeBefore;
  readonly slots: number;
  /** How many quick or new jobs may go together. */
  readonly share: number;
}

/**
 * The same jobs, in parts: those of which no time is known, in their order; then each that took long by itself, the
 * slowest first; then the quick ones, in their order. Quick is what took less than 4 ms, or than a thousandth of what
 * all took together for each slot: to start these in another order would gain nothing, and to have each go by itself
 * costs more than they take.
 *
 * Whatever comes last then is short, so that the slots end at nearly the same time (longest processing time first;
 * Graham, 1969).
 *
 * @param jobs Those of the same attempt, in their order.
 */
export function slowestFirst(
  jobs: readonly Jobs[],
  { timeOf, slots, share }: SlowestFirstOptions,
): Jobs[] {
  const times = jobs.map(({ first, inputs }) =>
    Float64Array.from(inputs, (input, i) => timeOf(input, first + i) ?? NaN)
  );
  let totalMs = 0;
  for (const some of times) for (const ms of some) if (!Number.isNaN(ms)) totalMs += ms;
  const quickMs = Math.max(QUICK_MS, totalMs / slots * QUICK_SHARE);
  const kindOf = (ms: number) => Number.isNaN(ms) ? "new" : ms < quickMs ? "quick" : "slow";
  const parts: Record<"new" | "quick", Jobs[]> = { new: [], quick: [] };
  const slow: { readonly ms: number; readonly job: Jobs }[] = [];
  for (const [i, some] of jobs.entries()) {
    const msOf = times[i]!;
    for (let start = 0, end = 0; start < msOf.length; start = end) {
      const ms = msOf[end++]!;
      const kind = kindOf(ms);
      if (kind === "slow") {
        slow.push({ ms, job: part(some, start, end) });
        continue;
      }
      while (end < msOf.length && end - start < share && kindOf(msOf[end]!) === kind) end++;
      parts[kind].push(part(some, start, end));
    }
  }
  slow.sort((a, b) => b.ms - a.ms);
  return [...parts.new, ...slow.map(({ job }) => job), ...parts.quick];
}
