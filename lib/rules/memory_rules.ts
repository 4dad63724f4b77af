/**
 * What the keys about memory must be to one another.
 *
 * @module
 */

import { parseSize } from "../text/sizes.ts";
import { describe, type Flaw, type Key, nameOf } from "../schema/flaw.ts";
import type { Defaults } from "../tasks_file/schema.ts";

/** What is said of memory. */
type Said = Pick<Defaults, "memory" | "recycle">;

/**
 * A slot ends at the limit of its memory, and so is never recycled for as much. What the defaults say of both
 * is wrong in the defaults, and not again in each task.
 */
export function* memoryRules(
  owner: readonly Key[],
  said: Said,
  defaults: Said = {},
): Iterable<Flaw> {
  const memory = said.memory ?? defaults.memory;
  const recycle = (said.recycle ?? defaults.recycle)?.memory;
  if (memory === undefined || recycle === undefined) return;
  if ((parseSize(recycle) ?? 0) < (parseSize(memory) ?? 0)) return;
  if (said.recycle?.memory !== undefined) {
    const path = [...owner, "recycle", "memory"];
    const wanted = `wanted less than the "memory" of ${describe(memory)}`;
    yield {
      path,
      on: "value",
      message: `found ${describe(recycle)} as ${nameOf(path)}, ${wanted}`,
    };
  } else if (said.memory !== undefined) {
    const path = [...owner, "memory"];
    const wanted = `wanted more than the "recycle.memory" of ${describe(recycle)}`;
    yield { path, on: "value", message: `found ${describe(memory)} as ${nameOf(path)}, ${wanted}` };
  }
}
