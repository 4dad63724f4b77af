/**
 * Why a run did not go well, for people: the jobs to blame, in words.
 *
 * @module
 */

import type { ErrorRecord, JobId, Outcome } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { shownJson } from "./json_value.ts";
import { type Notice, shortened, told, withoutSequences } from "./shown.ts";

/** An outcome that is why a run did not go well. */
export type Cause = Extract<Outcome, { readonly kind: "failed" | "timed-out" | "died" }>;

/** A job among those of its run. */
export type Job = Pick<JobId, "task" | "index">;

/** Names of what no function has thrown: the message says it all. */
const OWN = new Set([
  ...["Channel", "Exit", "NotStarted", "OutOfMemory", "Signal", "Thrown", "TimedOut", "TooLarge"],
]);

/** How much of an input a cause shows, in characters. */
const INPUT_LENGTH = 80;

/** How long a cause may be that is told in full, in characters. */
const FULL_LENGTH = 2000;

/** How long a cause may be that is told in one line, in characters. */
const LINE_LENGTH = 400;

/** The outcome, if it is a cause: not where a job ended well, or was ended because of another. */
export function causeOf(outcome: Outcome): Cause | undefined {
  switch (outcome.kind) {
    case "done":
    case "cancelled":
      return undefined;
    case "failed":
    case "timed-out":
    case "died":
      return outcome;
    default:
      return outcome satisfies never;
  }
}

/** What is said when nothing watches over what was started. */
export function unwatched(reason: string): string {
  return `nothing ends what was started, should this program be killed: ${reason}`;
}

/** A cause with all of its reason, and where in the user's code it arose. */
export function inFull(cause: Cause): Required<Notice> {
  return { text: shortened(textOf(cause), FULL_LENGTH), below: placeOf(cause.error) };
}

/** A cause in one line without a line end. */
export function inOneLine(cause: Cause): string {
  const [first = "", ...more] = told({ text: textOf(cause) }, "");
  return shortened(more.length > 0 ? `${first} …` : first, LINE_LENGTH);
}

/** The reason of an error and the chain of its causes. */
export function reason(error: ErrorRecord): string {
  const because = error.cause ? `, because: ${reason(error.cause)}` : "";
  return `${headOf(error)}${because}`;
}

/** What an error itself says, with its name if a function has thrown it. */
export function headOf({ name, message }: ErrorRecord): string {
  const what = OWN.has(name) ? [message] : [name, message];
  return withoutSequences(what.filter((part) => part !== "").join(": "));
}

/** Which job it is: `task "double", job 3, input 3`. One that is kept may have no place, until its input is found. */
export function jobText(
  { task, index, input }: Omit<JobId, "index"> & { readonly index: number | null },
): string {
  const place = index === null ? "" : `, job ${jobNumber(index)}`;
  return `task "${task}"${place}${input === undefined ? "" : `, input ${inputText(input)}`}`;
}

/** An input as people are shown it: JSON, cut off where it is long. */
export function inputText(input: unknown): string {
  return shortened(shownJson(input), INPUT_LENGTH);
}

function textOf(cause: Cause): string {
  const { kind, attempts, error } = cause;
  const after = attempts > 1 ? ` after ${attempts} attempts` : "";
  return `${jobText(cause)} ${kind}${after}: ${reason(error)}`;
}

/** The topmost frame of the stack that is not in the runtime, if it is in the code of the task. */
function placeOf({ stack }: ErrorRecord): string[] {
  const frame = stack?.split("\n").find((line) => /^\s+at (?!.*\b(?:ext|node):)/.test(line));
  if (frame === undefined || /engines\/far_side/.test(frame)) return [];
  return [shortened(withoutSequences(frame).trim(), LINE_LENGTH)];
}
