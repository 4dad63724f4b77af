/**
 * What an exported function gives, as inputs.
 *
 * @module
 */

import { loadFunction, nameOf } from "../function_ref.ts";
import type { Items } from "../iteration.ts";
import type { FunctionRef } from "../job.ts";
import { generated } from "./generated.ts";

/**
 * The values of the iterable that an exported function returns, such as a generator, or a promise of one.
 *
 * The module is loaded at the first `next()`, in this process, and the function is called without
 * arguments. `return()` is that of its iterator.
 *
 * @throws {Fault} Of kind `input`, from `next()` or `return()`: whatever the module or the function throws, as
 * its cause, unless it is a fault already.
 */
export function moduleOf(run: FunctionRef): AsyncIterable<unknown> {
  // What is no iterable is refused where it is iterated.
  const open = async () => (await loadFunction(run))() as Items | Promise<Items>;
  return generated(open, nameOf(run));
}
