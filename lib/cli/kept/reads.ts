/**
 * What sources read that is not there for ever.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Source, Task } from "../../job.ts";
import type { Reads } from "../../journal/session.ts";

/** What a source reads that can be gone; nothing for one whose inputs are named, or come from another task. */
export function readsOf(source: Source): Reads | undefined {
  switch (source.kind) {
    case "lines":
    case "csv":
    case "ndjson":
    case "json":
      return source.path === undefined ? "stdin" : "files";
    case "files":
    case "sqlite":
    case "module":
    case "iterable":
      return "files";
    case "list":
    case "range":
    case "from":
      return undefined;
    case "mapped":
    case "modified":
      return readsOf(source.source);
    case "product":
    case "zip": {
      const parts = source.parts.map(readsOf);
      return parts.find((reads) => reads === "stdin") ?? parts.find((reads) => reads);
    }
  }
}

/** @throws {Fault} Of kind `usage`, if several of these tasks read stdin, which can be read once. */
export function checkStdin(tasks: readonly Task[]): void {
  const [first, second] = tasks.filter(({ source }) => readsOf(source) === "stdin");
  if (!first || !second) return;
  const message = `Cannot run tasks "${first.name}" and "${second.name}" together`;
  throw new Fault("usage", `${message}: both read stdin, which can be read once`, {
    hint: "run them one at a time, or have one read a file",
  });
}
