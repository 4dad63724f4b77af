/**
 * How many inputs there are, before any is read.
 *
 * @module
 */

import type { Source } from "../source.ts";
import { countInRange } from "./range.ts";

/** How many inputs a source has, where it says so itself; nothing where it has to be read for that, or has no end. */
export function countOf(source: Source): number | undefined {
  const count = countIn(source);
  return Number.isSafeInteger(count) ? count : undefined;
}

function countIn(source: Source): number | undefined {
  switch (source.kind) {
    case "list":
      return source.values.length;
    case "range":
      return countInRange(source);
    case "product":
      return source.parts.reduce<number | undefined>(
        (product, part) => product === undefined ? undefined : times(product, countIn(part)),
        1,
      );
    case "zip": {
      const counts = source.parts.map(countIn);
      return counts.length > 0 && counts.every((count) => count !== undefined)
        ? Math.min(...counts as number[])
        : undefined;
    }
    case "mapped":
      return countIn(source.source);
    case "modified": {
      const { skip = 0, take = Infinity, batch = 1 } = source;
      const count = countIn(source.source);
      if (count === undefined) return undefined;
      return Math.ceil(Math.min(Math.max(0, count - skip), take) / batch);
    }
    default:
      return undefined;
  }
}

function times(a: number, b: number | undefined): number | undefined {
  return b === undefined ? undefined : a * b;
}
