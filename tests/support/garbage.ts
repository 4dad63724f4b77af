/**
 * Memory that nobody needs any more, given up at once.
 *
 * @module
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
setFlagsFromString("--no-expose-gc");

/** Collects all that cannot be reached; who is to be told of that is told in a later turn. */
export function collectGarbage(): void {
  collect();
}
