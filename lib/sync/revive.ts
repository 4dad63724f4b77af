/**
 * What tokens stand for, put in their place.
 *
 * @module
 */

import { survey } from "../clones/survey.ts";
import { changeWithin, pathTo } from "../clones/within.ts";
import { uncloneable } from "./errors.ts";
import { sendNoting, type Token, tokenOf } from "./token.ts";

/** What a message held, and the path of something in it that stands for nothing here. */
export interface Revived {
  readonly value: unknown;
  /** `result.list[1] is a Lock`. */
  readonly stray?: string;
}

/**
 * Puts in the place of each clone of something shared what it stands for, in arrays, records, Maps, Sets and causes of errors;
 * the value itself is changed, so that it must be nobody else's. What stands for nothing stays as it is.
 *
 * @param name How the whole is called.
 */
export function revive(
  value: unknown,
  name: string,
  find: (token: Token) => object | undefined,
): Revived {
  let stray: string | undefined;
  const whole = changeWithin(value, (each, place) => {
    const token = tokenOf(each);
    if (!token) return each;
    const found = find(token);
    if (!found) stray ??= `${pathTo(place, name)} is a ${token.kind}`;
    return found ?? each;
  });
  return { value: whole, stray };
}

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
