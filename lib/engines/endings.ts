/**
 * How the jobs of a message have ended.
 *
 * @module
 */

import type { Ending, Output } from "../job.ts";
import { areOfEach, type Ended } from "./carry/wire.ts";

/** When jobs of a message have started, and how long they took. */
export class Times {
  readonly #times: Float64Array;
  readonly #count: number;
  readonly #areOfEach: boolean;

  constructor(ended: Pick<Ended, "values" | "times">) {
    this.#times = ended.times;
    this.#count = ended.values.length;
    this.#areOfEach = areOfEach(ended);
  }

  /** When a job has started, in ms since the epoch; the first of them, where nobody asked for more. */
  startOf(i: number): number {
    return this.#times[this.#areOfEach ? i * 2 : 0] as number;
  }

  /** How long a job took, in ms; on the average, where nobody asked for more. */
  durationOf(i: number): number {
    return this.#areOfEach
      ? this.#times[i * 2 + 1] as number
      : this.#times[1] as number / this.#count;
  }
}

/**
 * Jobs that are all done and have written nothing, by columns: of most jobs nobody looks at more than the value,
 * and an object for each costs more than all else.
 */
export class Done extends Times {
  /** One for each job, in their order. */
  readonly values: ArrayLike<unknown>;
  /** The number of the slot, from 1. */
  readonly slot: number;
  /** The process of the slot. */
  readonly pid: number | undefined;

  constructor(ended: Pick<Ended, "values" | "times">, slot: number, pid: number | undefined) {
    super(ended);
    this.values = ended.values;
    this.slot = slot;
    this.pid = pid;
  }

  /** How many jobs these are. */
  get length(): number {
    return this.values.length;
  }
}

/** How the jobs of a message have ended, one by one, with what each of them wrote. */
export function endingsOf(
  message: Ended,
  slot: number,
  pid: number | undefined,
  outputOf: (index: number) => Output | undefined,
): Ending[] {
  const { first, values, failures } = message;
  const times = new Times(message);
  const errors = new Map(failures);
  const endings: Ending[] = [];
  for (let i = 0; i < values.length; i++) {
    const startedAt = times.startOf(i);
    const durationMs = times.durationOf(i);
    const output = outputOf(first + i);
    const error = errors.size > 0 ? errors.get(i) : undefined;
    // Literals, for a spread costs more than all else that is done here for a job.
    endings.push(
      error
        ? { kind: "failed", error, startedAt, durationMs, slot, pid, output }
        : { kind: "done", value: values[i], startedAt, durationMs, slot, pid, output },
    );
  }
  return endings;
}

/** One for each of consecutive jobs, in their order. */
export type Endings = readonly Ending[] | Done;

/** Endings one by one. */
export function eachOf(endings: Endings): readonly Ending[] {
  if (!(endings instanceof Done)) return endings;
  const { values, slot, pid } = endings;
  return Array.from(values, (value, i) => ({
    kind: "done",
    value,
    startedAt: endings.startOf(i),
    durationMs: endings.durationOf(i),
    slot,
    pid,
    output: undefined,
  }));
}
