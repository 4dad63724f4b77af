/**
 * Whether functions can be held to permissions.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Task } from "../../job.ts";
import { isGranted } from "../system/proc.ts";

/** With this in the environment, Deno asks another program for permissions, and not its flags. */
const BROKER = "DENO_PERMISSION_BROKER_PATH";

/**
 * Fails where a function could not be held to its permissions.
 *
 * @param isCompiled Whether this is a compiled program, whose processes have the permissions that it was compiled with.
 * @throws {Fault} Of kind `tasks`.
 */
export function refuseUnheld(
  { name, action, permissions, env }: Task,
  isCompiled: boolean = Deno.build.standalone,
): void {
  if (!permissions || action.kind !== "function") return;
  const refused = (why: string, hint: string) =>
    new Fault("tasks", `Cannot hold task "${name}" to its permissions: ${why}`, { hint });
  if (isCompiled) {
    throw refused(
      "a compiled program has the permissions that it was compiled with",
      "run fanfold by deno, or have the task run a command, which can be held to them",
    );
  }
  const mayLook = isGranted({ name: "env", variable: BROKER });
  if (env[BROKER] === undefined && !(mayLook && Deno.env.has(BROKER))) return;
  throw refused(
    `with ${BROKER}, Deno asks a broker for permissions, and does not keep to them`,
    "run fanfold without that variable",
  );
}
