/**
 * What a task gives for each of its jobs.
 *
 * @module
 */

import type { Done } from "../engines/endings.ts";
import type { Jobs } from "../engines/jobs.ts";
import type { RunEvent } from "../events.ts";
import type { Outcome } from "../job.ts";

/** Makes results of jobs that have ended. */
export interface Results<R> {
  /** Whether they say when each job has started, and how long it took. */
  readonly haveTimes: boolean;
  /** Those of consecutive jobs that are all done. */
  ofDone(jobs: Jobs, done: Done): ArrayLike<R>;
  /** Those of consecutive jobs, however they have ended; `how` says whether in this session or one before. */
  ofOutcomes(outcomes: readonly Outcome[], how: "job-ended" | "job-kept"): ArrayLike<R>;
}

/** The outcomes, each of which is told. */
export class Outcomes implements Results<Outcome> {
  /** See {@link Results.haveTimes}. */
  readonly haveTimes = true;
  readonly #task: string;
  readonly #tell: (event: RunEvent) => void;

  /** @param task Its name. */
  constructor(task: string, tell: (event: RunEvent) => void) {
    this.#task = task;
    this.#tell = tell;
  }

  /** See {@link Results.ofDone}. */
  ofDone({ first, inputs, attempt }: Jobs, done: Done): readonly Outcome[] {
    const { values, slot, pid } = done;
    const outcomes: Outcome[] = [];
    for (let i = 0; i < values.length; i++) {
      outcomes.push({
        task: this.#task,
        index: first + i,
        input: inputs[i],
        attempts: attempt,
        kind: "done",
        value: values[i],
        startedAt: done.startOf(i),
        durationMs: done.durationOf(i),
        slot,
        pid,
        output: undefined,
      });
    }
    return this.ofOutcomes(outcomes, "job-ended");
  }

  /** See {@link Results.ofOutcomes}. */
  ofOutcomes(outcomes: readonly Outcome[], how: "job-ended" | "job-kept"): readonly Outcome[] {
    for (const outcome of outcomes) this.#tell({ kind: how, outcome });
    return outcomes;
  }
}

/** An outcome that is none of a job that is done. */
type NotWell = Exclude<Outcome, { readonly kind: "done" }>;

/** The outcome of a job that did not end well, among values. */
export class NotDone {
  readonly outcome: NotWell;

  constructor(outcome: NotWell) {
    this.outcome = outcome;
  }
}

/** Values, and {@link NotDone} where there is none; nothing is told of any job. */
export const VALUES: Results<unknown> = {
  haveTimes: false,
  ofDone: (_, { values }) => values,
  ofOutcomes: (outcomes) =>
    outcomes.map((outcome) => outcome.kind === "done" ? outcome.value : new NotDone(outcome)),
};
