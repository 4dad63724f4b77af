/**
 * Values that are put somewhere without leaving their isolate.
 *
 * @module
 */

import { survey } from "../clones/survey.ts";
import { uncloneable } from "./errors.ts";
import { revive } from "./revive.ts";
import { sendNoting } from "./token.ts";

/**
 * A clone of a value, as it would arrive in another isolate; what is shared in it stays itself.
 *
 * @param doing What is to be done with it, for the error.
 * @throws {DOMException} A `DataCloneError` if it cannot be cloned.
 */
export function cloned(value: unknown, doing: string): unknown {
  let clone: unknown;
  try {
    survey([value], { leavesProcess: false });
    const originals = sendNoting({ value }, (message) => clone = structuredClone(message).value);
    if (originals.size === 0) return clone;
    return revive(clone, "value", ({ id }) => originals.get(id)?.object).value;
  } catch (thrown) {
    throw uncloneable(doing, thrown, value);
  }
}
