/**
 * Why a slot is ended that is of no more use.
 *
 * @module
 */

import type { ErrorRecord } from "../../job.ts";
import type { Flight } from "./batches.ts";

/** That it does not do its next thing, tells what does not fit, or has failed in what is not the functions'. */
export interface Doom {
  readonly why: "owes" | "misfit" | "broken";
  /** How a job has ended that is to blame. */
  readonly error: ErrorRecord;
}

/** It has told of jobs that it was not sent. */
export const MISFIT = doomOf("misfit", "its slot told of jobs that it was not sent");

/** It did not take up what it was sent. */
export const MISSED = doomOf(
  "owes",
  "its slot did not take it up: something that was left running there kept it busy",
);

/** A function has changed what the slot needs itself. */
export function brokenBy({ name, message }: ErrorRecord): Doom {
  return doomOf("broken", `its slot cannot go on: ${name}: ${message}`);
}

/** Whether it is known which job is to blame: the one that the slot was at, or the only one of its message. */
export function hasOneToBlame({ why }: Doom, flight?: Flight): boolean {
  if (why !== "broken") return why === "misfit";
  return flight !== undefined && flight.jobs.inputs.length - flight.back === 1;
}

function doomOf(why: Doom["why"], message: string): Doom {
  return { why, error: { name: "Channel", message } };
}
