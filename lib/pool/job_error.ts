/**
 * What is thrown for a job that did not end well.
 *
 * @module
 */

import type { ErrorRecord, Outcome } from "../job.ts";
import { type Cause, inOneLine } from "../output/notices.ts";
import { placeOf, placeText } from "../errors/reason.ts";

/**
 * A job did not end well, and its value was asked for. Its message names the job by its number, which is from 1, says
 * why, and ends in the place in the code of the function, if that is known.
 */
export class JobError extends Error {
  /** Always `"JobError"`. */
  override readonly name = "JobError";
  /** Name of the function. */
  readonly task: string;
  /** Position of the input, from 0. */
  readonly index: number;
  /** What the function was called with; a list of its arguments for `apply` and `starmap`. */
  readonly input: unknown;
  /** How many attempts were made. */
  readonly attempts: number;
  /** How it ended. */
  readonly kind: Exclude<Outcome["kind"], "done">;
  /** What was thrown, as data, with the stack that the slot saw. */
  override readonly cause: ErrorRecord;

  /** The error of a job. @param outcome How it ended. */
  constructor(outcome: Exclude<Outcome, { readonly kind: "done" }>) {
    const { task, index, input, attempts, kind, error } = outcome;
    const place = placeOf(error);
    const where = place ? `, at ${placeText(place)}` : "";
    super(`${inOneLine(outcome as Cause)}${where}`, { cause: error });
    this.task = task;
    this.index = index;
    this.input = input;
    this.attempts = attempts;
    this.kind = kind;
    this.cause = error;
  }
}
