/**
 * What a document has too much of, or has no form for in all formats.
 *
 * @module
 */

import { MOST_DEEP, TOO_DEEP } from "../json/exact_json.ts";
import { entriesOf, type Flaw, type Key, nameOf } from "../schema/flaw.ts";

/** How many values aliases may stand for, beside those that are written. */
const MOST_REPEATED = 1_000_000;

/**
 * The first thing that no tasks file may have: lists or records that are nested too deep or contain themselves,
 * aliases in YAML that stand for very much, or a date in TOML, of which a job would not get what is written.
 */
export function excessOf(document: unknown): Flaw | undefined {
  let flaw: Flaw | undefined;
  const tell = (path: readonly Key[], message: string, hint?: string) => {
    flaw ??= { path, on: "value", message, hint };
    return 0;
  };
  const found = (path: readonly Key[], what: string, hint?: string) =>
    tell(path, `found ${what}${path.length > 4 ? "" : ` as ${nameOf(path)}`}`, hint);
  /** How many values each list or record stands for that has been seen; none while it is looked into. */
  const sizes = new Map<object, number | undefined>();
  let written = 0;
  const sizeOf = (value: object, path: readonly Key[]): number => {
    if (sizes.has(value)) {
      return sizes.get(value) ?? tell(path, `${nameOf(path)} is a part of itself`);
    }
    if (value instanceof Date) {
      return found(path, "a date", "put it in quotes to keep what is written");
    }
    if (path.length > MOST_DEEP) return found(path, TOO_DEEP);
    sizes.set(value, undefined);
    written++;
    let size = 1;
    for (const [key, item] of entriesOf(value)) {
      if (flaw) return 0;
      if (isObject(item)) size += sizeOf(item, [...path, key]);
      else {
        size++;
        written++;
      }
    }
    sizes.set(value, size);
    if (size - written > MOST_REPEATED) {
      found(path, `aliases for more than ${MOST_REPEATED} values`);
    }
    return size;
  };
  if (isObject(document)) sizeOf(document, []);
  return flaw;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
