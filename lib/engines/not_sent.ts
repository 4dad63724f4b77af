/**
 * What is said of a job whose input cannot travel.
 *
 * @module
 */

import { whyUncloneable } from "../clones/uncloneable.ts";
import type { Ending } from "../job.ts";
import type { Jobs } from "./jobs.ts";

/** How a single job has ended that could not be sent to a slot. */
export function notSent({ inputs: [input] }: Jobs, slot: number, thrown: unknown): Ending {
  const error = { name: "DataCloneError", message: whyUncloneable(input, "input", thrown) };
  return { kind: "failed", error, startedAt: Date.now(), durationMs: 0, slot };
}
