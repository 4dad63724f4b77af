/**
 * The current folder.
 *
 * @module
 */

import { Fault, messageOf } from "../fault.ts";

/**
 * Path of the current folder.
 *
 * @throws {Fault} Of kind `usage`, if it has none that can be written.
 */
export function here(): string {
  try {
    return Deno.cwd();
  } catch (cause) {
    throw new Fault("usage", `Cannot work in the current folder: ${reasonOf(cause)}`, {
      cause,
      hint: "call fanfold in another folder",
    });
  }
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof Deno.errors.NotFound) return "it has been removed";
  if (!(thrown instanceof Deno.errors.InvalidData)) return messageOf(thrown);
  const [shown = "its path"] = /".*"/s.exec(thrown.message) ?? [];
  return `${shown} is not UTF-8`;
}
