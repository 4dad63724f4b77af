/**
 * The current folder.
 *
 * @module
 */

import { Fault } from "../fault.ts";

/**
 * Path of the current folder.
 *
 * @throws {Fault} Of kind `usage`, if it has none that can be written.
 */
export function here(): string {
  try {
    return Deno.cwd();
  } catch (cause) {
    const reason = reasonOf(cause);
    if (reason === undefined) throw cause;
    const message = `Cannot work in the current folder: ${reason}`;
    throw new Fault("usage", message, { cause, hint: "call fanfold in another folder" });
  }
}

function reasonOf(thrown: unknown): string | undefined {
  const { InvalidData, NotFound, PermissionDenied } = Deno.errors;
  if (thrown instanceof NotFound) return "it has been removed";
  if (thrown instanceof PermissionDenied) return thrown.message;
  if (!(thrown instanceof InvalidData)) return undefined;
  const [shown = "its path"] = /".*"/s.exec(thrown.message) ?? [];
  return `${shown} is not UTF-8`;
}
