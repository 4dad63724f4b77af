/**
 * Objects within a value, put in the place of others.
 *
 * @module
 */

import { isError } from "../fault.ts";

/**
 * Has every object within a value looked at, and another put in its place where one is given; gives what takes the
 * place of the value itself.
 */
export function changeWithin(value: unknown, change: (each: object) => unknown): unknown {
  const seen = new Set<object>();
  const left: object[] = [];
  const changed = (each: unknown) => {
    if (typeof each !== "object" || each === null || seen.has(each)) return each;
    const now = change(each);
    if (now !== each) return now;
    seen.add(each);
    left.push(each);
    return each;
  };
  const root = changed(value);
  for (let each; (each = left.pop()) !== undefined;) {
    if (each instanceof Map) {
      const entries = [...each].map(([key, item]) => [key, changed(key), item, changed(item)]);
      if (entries.some(([a, b, c, d]) => a !== b || c !== d)) {
        each.clear();
        for (const [, key, , item] of entries) each.set(key, item);
      }
    } else if (each instanceof Set) {
      const items = [...each].map((item) => [item, changed(item)]);
      if (items.some(([a, b]) => a !== b)) {
        each.clear();
        for (const [, item] of items) each.add(item);
      }
    } else if (!ArrayBuffer.isView(each)) {
      const keys = isError(each) ? ["cause"] : Object.keys(each);
      for (const key of keys) {
        const item = Reflect.get(each, key);
        const now = changed(item);
        if (now !== item) Reflect.set(each, key, now);
      }
    }
  }
  return root;
}
