/**
 * Objects within a value, put in the place of others.
 *
 * @module
 */

import { isError } from "../fault.ts";

/** Where an object is in a value. */
export interface PlaceWithin {
  readonly value: object;
  /** What holds it, and by which key; neither if it is the whole. */
  readonly above?: PlaceWithin;
  readonly key?: unknown;
  readonly isKey?: boolean;
}

/**
 * Has every object within a value looked at, and another put in its place where one is given; gives what takes the
 * place of the value itself.
 */
export function changeWithin(
  value: unknown,
  change: (each: object, place: PlaceWithin) => unknown,
): unknown {
  const seen = new Set<object>();
  // Not recursive: a value may be nested deeper than the stack is.
  const left: PlaceWithin[] = [];
  const changed = (each: unknown, above?: PlaceWithin, key?: unknown, isKey?: boolean) => {
    if (typeof each !== "object" || each === null || seen.has(each)) return each;
    const place = { value: each, above, key, isKey };
    const now = change(each, place);
    if (now !== each) return now;
    seen.add(each);
    left.push(place);
    return each;
  };
  const root = changed(value);
  for (let place; (place = left.pop()) !== undefined;) {
    const at = place;
    const { value: each } = at;
    if (each instanceof Map) {
      const entries = [...each].map((
        [key, item],
      ) => [key, changed(key, at, key, true), item, changed(item, at, key)]);
      if (entries.some(([a, b, c, d]) => a !== b || c !== d)) {
        each.clear();
        for (const [, key, , item] of entries) each.set(key, item);
      }
    } else if (each instanceof Set) {
      const items = [...each].map((item) => [item, changed(item, at)]);
      if (items.some(([a, b]) => a !== b)) {
        each.clear();
        for (const [, item] of items) each.add(item);
      }
    } else if (!ArrayBuffer.isView(each)) {
      const keys = isError(each) ? ["cause"] : Object.keys(each);
      for (const key of keys) {
        const item = Reflect.get(each, key);
        const now = changed(item, at, key);
        // Defined, for a key may be `__proto__`.
        if (now !== item) Object.defineProperty(each, key, { value: now });
      }
    }
  }
  return root;
}

/** The path to a place in a value of this name: `input.options[1]`. */
export function pathTo(place: PlaceWithin, name: string): string {
  const steps: string[] = [];
  for (let at = place; at.above; at = at.above) {
    steps.push(stepTo(at.above.value, at.key, at.isKey));
  }
  return name + steps.reverse().join("");
}

/** The step from an object to one that it holds: `.options`, `[1]`, `.get("a")`. */
export function stepTo(above: object, key: unknown, isKey: boolean = false): string {
  if (above instanceof Set) return ".values()";
  if (!(above instanceof Map)) return Array.isArray(above) ? `[${key}]` : `.${key}`;
  if (isKey) return ".keys()";
  return `.get(${typeof key === "string" ? JSON.stringify(key) : Deno.inspect(key, { depth: 0 })})`;
}
