/**
 * What a function was denied, and what to write so that it is not.
 *
 * @module
 */

import { deniedIn } from "../errors/denied.ts";
import type { ErrorRecord, Task } from "../job.ts";
import { permissionsToAdd } from "../rules/permissions_to_add.ts";
import { currentFolder } from "./start_place.ts";
import { isGranted } from "./system/proc.ts";

/**
 * One sentence with the line for the tasks file; nothing if a task has no permissions, or was denied nothing. Never
 * throws.
 *
 * @param file Absolute path of the tasks file. @default there is none
 */
export function permissionsHint(
  { name, permissions, cwd = currentFolder() ?? "/", env }: Task,
  error: ErrorRecord,
  file?: string,
): string | undefined {
  if (!permissions) return undefined;
  const temporary = env.TMPDIR ?? ownVariable("TMPDIR") ?? "/tmp";
  return permissionsToAdd(name, permissions, deniedIn(error), { cwd, temporary, file });
}

function ownVariable(name: string): string | undefined {
  return isGranted({ name: "env", variable: name }) ? Deno.env.get(name) : undefined;
}
