/**
 * What is said of a job whose input cannot travel.
 *
 * @module
 */

import { uncloneableError } from "../../clones/uncloneable.ts";
import type { Ending } from "../../job.ts";
import type { Jobs } from "../jobs.ts";

/** How a single job has ended that could not be sent to a slot. */
export function notSent({ inputs: [input] }: Jobs, slot: number, thrown: unknown): Ending {
  const error = uncloneableError(input, "input", thrown);
  return { kind: "failed", error, startedAt: Date.now(), durationMs: 0, slot };
}
