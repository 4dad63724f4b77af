/**
 * Whether functions can be held to permissions.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Task } from "../../job.ts";

/**
 * Fails where a function could not be held to its permissions.
 *
 * @param isCompiled Whether this is a compiled program, whose processes have the permissions that it was compiled with.
 * @throws {Fault} Of kind `tasks`.
 */
export function refuseUnheld(
  { name, action, permissions }: Task,
  isCompiled: boolean = Deno.build.standalone,
): void {
  if (!permissions || action.kind !== "function" || !isCompiled) return;
  const why = "a compiled program has the permissions that it was compiled with";
  throw new Fault("tasks", `Cannot hold task "${name}" to its permissions: ${why}`, {
    hint: "run fanfold by deno, or have the task run a command, which can be held to them",
  });
}
