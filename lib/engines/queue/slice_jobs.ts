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

/** Jobs with those that follow each other as one. */
export function joined(all: readonly Jobs[]): readonly Jobs[] {
  const groups: { jobs: Jobs; inputs: unknown[] }[] = [];
  for (const jobs of all) {
    const last = groups.at(-1);
    const follows = last && last.jobs.attempt === jobs.attempt &&
      last.jobs.first + last.inputs.length === jobs.first;
    if (!follows) groups.push({ jobs, inputs: [...jobs.inputs] });
    else for (const input of jobs.inputs) last.inputs.push(input);
  }
  return groups.map(({ jobs, inputs }) => ({ ...jobs, inputs }));
}
