/**
 * Which inputs are not ours to bound.
 *
 * @module
 */

import type { Source } from "../source.ts";

/**
 * What there is in a source that may keep its reader busy for as long as it likes: code of the user, a query.
 * Nothing if all of it ends for sure.
 */
export function foreignPart(source: Source): "inputs" | "query" | undefined {
  switch (source.kind) {
    case "sqlite":
      return "query";
    case "module":
      return "inputs";
    case "iterable":
      return source.isOwn ? undefined : "inputs";
    case "product":
    case "zip":
      return source.parts.map(foreignPart).find((part) => part !== undefined);
    case "mapped":
    case "modified":
      return foreignPart(source.source);
    default:
      return undefined;
  }
}
