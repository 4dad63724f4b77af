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

/** Whether what keeps a reader of a source waiting can only be code of the user: no stream, file or other task. */
export function waitsForUser(source: Source): boolean {
  switch (source.kind) {
    case "module":
      return true;
    case "iterable":
      return !source.isOwn;
    case "product":
    case "zip":
      return source.parts.some(waitsForUser) &&
        source.parts.every((part) => ["list", "range"].includes(part.kind) || waitsForUser(part));
    case "mapped":
    case "modified":
      return waitsForUser(source.source);
    default:
      return false;
  }
}
