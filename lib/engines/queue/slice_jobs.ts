/**
 * Jobs that go into a slice.
 *
 * @module
 */

import { type Jobs, part } from "../consecutive_jobs.ts";

export function countOf(jobs: readonly Jobs[]): number {
  return jobs.reduce((sum, { inputs }) => sum + inputs.length, 0);
}

/** Jobs in two halves, both of which have some. */
export function halved(jobs: readonly Jobs[]): [readonly Jobs[], readonly Jobs[]] {
  const half = countOf(jobs) >> 1;
  const first: Jobs[] = [];
  const second: Jobs[] = [];
  let count = 0;
  for (const each of jobs) {
    const { length } = each.inputs;
    const cut = Math.max(0, Math.min(length, half - count));
    if (cut > 0) first.push(part(each, 0, cut));
    if (cut < length) second.push(part(each, cut));
    count += length;
  }
  return [first, second];
}
