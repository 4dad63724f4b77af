/**
 * That stdin can be read once.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { readsOf } from "../../inputs/facts.ts";
import type { Task } from "../../job.ts";

/** @throws {Fault} Of kind `usage`, if several of these tasks read stdin, which can be read once. */
export function checkStdin(tasks: readonly Task[]): void {
  const [first, second] = tasks.filter(({ source }) => readsOf(source) === "stdin");
  if (!first || !second) return;
  const message = `Cannot run tasks "${first.name}" and "${second.name}" together`;
  throw new Fault("usage", `${message}: both read stdin, which can be read once`, {
    hint: "run them one at a time, or have one read a file",
  });
}
