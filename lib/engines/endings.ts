/**
 * How the jobs of a message have ended.
 *
 * @module
 */

import type { Ending } from "../job.ts";

/**
 * Jobs that are all done and have written nothing, by columns: of most jobs nobody looks at more than the value,
 * and an object for each costs more than all else.
 */
export class Done {
  /** One for each job, in their order. */
  readonly values: ArrayLike<unknown>;
  /** For each job its start, in ms since the epoch, and its duration in ms. */
  readonly times: Float64Array;
  /** The number of the slot, from 1. */
  readonly slot: number;
  /** The process of the slot. */
  readonly pid: number | undefined;

  constructor(
    values: ArrayLike<unknown>,
    times: Float64Array,
    slot: number,
    pid: number | undefined,
  ) {
    this.values = values;
    this.times = times;
    this.slot = slot;
    this.pid = pid;
  }

  /** How many jobs these are. */
  get length(): number {
    return this.values.length;
  }
}

/** One for each of consecutive jobs, in their order. */
export type Endings = readonly Ending[] | Done;

/** Endings one by one. */
export function eachOf(endings: Endings): readonly Ending[] {
  if (!(endings instanceof Done)) return endings;
  const { values, times, slot, pid } = endings;
  return Array.from(values, (value, i) => ({
    kind: "done",
    value,
    startedAt: times[i * 2] as number,
    durationMs: times[i * 2 + 1] as number,
    slot,
    pid,
    output: undefined,
  }));
}
