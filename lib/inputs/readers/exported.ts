/**
 * What an exported function gives, as inputs.
 *
 * @module
 */

import { addressOf } from "../../modules/function_ref.ts";
import { loadFor } from "../../modules/imported.ts";
import type { Items } from "../../streams/iteration.ts";
import type { FunctionRef } from "../../job.ts";
import { near } from "../../errors/reason.ts";
import { generated } from "./generated.ts";

/**
 * The values of the iterable that an exported function returns, such as a generator, or a promise of one.
 *
 * The module is loaded at the first `next()`, in this process, and the function is called without
 * arguments. `return()` is that of its iterator.
 *
 * @param task Name of the task whose inputs they are, for messages.
 * @throws {Fault} Of kind `input`, from `next()` or `return()`: whatever the module or the function throws, as
 * its cause, unless it is a fault already.
 */
export function exportedBy(run: FunctionRef, task?: string): AsyncIterable<unknown> {
  const address = near(addressOf(run));
  const name = task === undefined ? address : `task "${task}" from ${address}`;
  // What is no iterable is refused where it is iterated.
  const open = async () =>
    (await loadFor("input", `Cannot read inputs of ${name}`, run))() as Items | Promise<Items>;
  return generated(open, name);
}
