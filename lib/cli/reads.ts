/**
 * Which sources may have lost their inputs when a run is resumed.
 *
 * @module
 */

import type { Source } from "../job.ts";
import type { Reads } from "../journal/session.ts";

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
