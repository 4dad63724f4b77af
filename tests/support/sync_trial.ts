/**
 * Functions about what is shared, on the engines that run functions.
 *
 * @module
 */

import { Trial } from "./engine_harness.ts";
import type { FunctionKind, FunctionOptions } from "./works.ts";

/** A function about what is shared, on inputs; one slot for each, if nothing else is said. */
export function trialOf(
  kind: FunctionKind,
  name: string,
  inputs: readonly unknown[],
  options: FunctionOptions = {},
): Trial {
  const run = { module: import.meta.resolve("./sync_functions.ts"), path: [name] };
  return new Trial(kind.openFunction("", { run, slots: inputs.length, ...options }), inputs);
}
