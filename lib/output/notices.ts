/**
 * What is said of a run to people: the jobs that did not go well, what goes wrong beside them, what is awaited.
 *
 * @module
 */

import type { ErrorRecord, JobId, Outcome } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { chain, inLine, inner, near, placeOf, placeText, reason } from "../errors/reason.ts";
import { inputText } from "./json_value.ts";
import { type Notice, shortened, type Tell, told } from "../text/shown.ts";
import { LongWait } from "../time/clock.ts";
import type { Awaited, QueueNews } from "../events.ts";

/** An outcome that is why a run did not go well. */
export type Cause = Extract<Outcome, { readonly kind: "failed" | "timed-out" | "died" }>;

/** A job among those of its run. */
export type Job = Pick<JobId, "task" | "index">;

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

/** What is said when the commands of a task are not held to all of its permissions. */
export function heldInPart(task: string, reason: string): string {
  return `the commands of task "${task}" are not held to all of its permissions: ${reason}`;
}

/** What is said of a queue whose hosts do the jobs. */
export function queueNotices(news: QueueNews): readonly Notice[] {
  switch (news.kind) {
    case "refused": {
      const { host, task, reason } = news;
      return [{ text: `host "${host}" does not run task "${task}": ${reason}` }];
    }
    case "misreported": {
      const text = `host "${news.host}" has sent what no host sends: ${news.reason}`;
      return [{ text, below: ["it does not count, and its jobs are sent again"] }];
    }
    case "unreachable":
      return [{ text: `the queue cannot be reached: ${news.reason}`, below: ["the run waits"] }];
    case "reachable":
      return [{ text: "the queue is reached again" }];
    case "data-lost":
      return [{ text: "the queue has lost its data: what had not ended is sent again" }];
    case "no-host":
      return [{ text: "still waiting for a host", below: ["one is started by: fanfold join URL"] }];
    case "left-behind": {
      const text = "something of the run may be left in the queue";
      return [{ text, below: ["to clean it: fanfold queue URL --clean"] }];
    }
    case "repeated":
      return [];
    default:
      return news satisfies never;
  }
}

/** A cause with all of its reason, and where in the user's code it arose. */
export function inFull(cause: Cause): Required<Notice> {
  const text = shortened(textOf(cause, chain(cause.error)), FULL_LENGTH);
  return { text: [text, ...inner(cause.error)].join("\n"), below: placeLines(cause.error) };
}

/** That a function has thrown where nobody waited for it. */
export function strayed(whose: string, slot: number, error: ErrorRecord): Required<Notice> {
  const text = `${whose}, slot ${slot}, outside any job: ${reason(error)}`;
  return { text, below: placeLines(error) };
}

/** A cause in one line without a line end. */
export function inOneLine(cause: Cause): string {
  const [line = ""] = told({ text: textOf(cause, inLine(cause.error)) }, "");
  return shortened(line, LINE_LENGTH);
}

/** Which job it is: `task "double", job 3, input 3`. One that is kept may have no place, until its input is found. */
export function jobText(
  { task, index, input }: Omit<JobId, "index"> & { readonly index: number | null },
): string {
  const place = index === null ? "" : `, job ${jobNumber(index)}`;
  return `task "${task}"${place}${input === undefined ? "" : `, input ${inputText(input)}`}`;
}

function textOf(cause: Cause, why: string): string {
  const { kind, attempts } = cause;
  const after = attempts > 1 ? ` after ${attempts} attempts` : "";
  return `${jobText(cause)} ${kind}${after}: ${why}`;
}

/** Where in the user's code an error arose, if that is known. */
function placeLines(error: ErrorRecord): string[] {
  const place = placeOf(error);
  if (!place) return [];
  const at = placeText(place);
  const text = place.within ? `${place.within} (${at})` : at;
  return [`at ${shortened(text, LINE_LENGTH)}`];
}

/** That something is awaited: `still waiting for task "a", slot 1, to import ./m.ts`. */
export function awaitedText(whose: string, what: Awaited): string {
  return stillWaiting(nameOf(whose, what));
}

/** That something is awaited, by its name. */
export function stillWaiting(what: string): string {
  return `still waiting for ${what}`;
}

function nameOf(whose: string, what: Awaited): string {
  switch (what.kind) {
    case "import":
      return `${whose}, slot ${what.slot}, to import ${near(what.module)}`;
    case "init": {
      const { module, path } = what.run;
      return `${whose}, slot ${what.slot}, to run its init, ${near(`${module}#${path.join(".")}`)}`;
    }
    case "fold": {
      const at = what.index === undefined
        ? "to be loaded"
        : `at the value of job ${jobNumber(what.index)}`;
      return `the fold of ${whose}, ${at}`;
    }
    case "input":
      return `the next input of ${whose}`;
    default:
      return what satisfies never;
  }
}

/**
 * Waits for code of the user that need not come to its end, and says so on stderr after 10 s.
 *
 * @param what Completes "still waiting for".
 */
export async function toldIfLong<T>(what: string, awaited: Promise<T>, tell: Tell): Promise<T> {
  const wait = new LongWait(() => void tell(stillWaiting(what)));
  wait.begin();
  try {
    return await awaited;
  } finally {
    wait.stop();
  }
}
