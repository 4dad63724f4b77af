/**
 * Inputs of a slice as bytes, and what is wrong with one that cannot leave this machine.
 *
 * @module
 */

import { read, toCloneBytes } from "../../clones/clone_bytes.ts";
import { uncloneableError } from "../../clones/uncloneable.ts";
import type { ErrorRecord } from "../../job.ts";
import { revive } from "../../sync/revive.ts";
import { sendNoting } from "../../sync/token.ts";
import { type Jobs, part } from "../consecutive_jobs.ts";
import { joined } from "./slice_jobs.ts";

/** Something in the inputs is shared with slots of this machine, and nothing elsewhere. */
class SharedInput extends Error {}

/** The inputs of jobs, in their order, as the bytes of a clone of a list. @throws If one cannot leave this machine. */
export function packed(jobs: readonly Jobs[]): Uint8Array<ArrayBuffer> {
  const [only] = jobs;
  const inputs = jobs.length === 1 && only ? only.inputs : jobs.flatMap(({ inputs }) => inputs);
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  const shared = sendNoting({}, () => bytes = toCloneBytes(inputs));
  if (shared.size > 0) throw new SharedInput();
  return bytes as Uint8Array<ArrayBuffer>;
}

/** A job whose input cannot leave this machine, and why. */
export interface Unpackable {
  readonly job: Jobs;
  readonly error: ErrorRecord;
}

/** Tells the jobs whose inputs can leave this machine from the others. */
export function sorted(
  all: readonly Jobs[],
): { readonly good: readonly Jobs[]; readonly bad: readonly Unpackable[] } {
  const good: Jobs[] = [];
  const bad: Unpackable[] = [];
  for (const jobs of all) {
    for (const i of jobs.inputs.keys()) {
      const job = part(jobs, i, i + 1);
      const error = whyNot(job);
      if (error) bad.push({ job, error });
      else good.push(job);
    }
  }
  return { good: joined(good), bad };
}

function whyNot(job: Jobs): ErrorRecord | undefined {
  const [input] = job.inputs;
  try {
    packed([job]);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof SharedInput)) return uncloneableError(input, "input", thrown);
    const { stray = "input is shared" } = revive(
      read(toCloneBytes(input)),
      "input",
      () => undefined,
    );
    const message = `${stray}, which is shared on one machine, and not with hosts of a queue`;
    return { name: "DataCloneError", message };
  }
}
