/**
 * What a document has too much of, or has no form for in all formats.
 *
 * @module
 */

import { MOST_DEEP, TOO_DEEP } from "../json/exact_json.ts";
import { type Flaw, isRecord, type Key, nameOf } from "../schema/flaw.ts";

/** How many values aliases may stand for, beside those that are written. */
const MOST_REPEATED = 1_000_000;

/**
 * The first thing that no tasks file may have: lists or records that are nested too deep or contain themselves,
 * aliases in YAML that stand for very much, or a date in TOML, of which a job would not get what is written.
 */
export function excessOf(document: unknown): Flaw | undefined {
  const walk = new Walk();
  if (isObject(document)) walk.sizeOf(document, []);
  return walk.flaw;
}

class Walk {
  flaw?: Flaw;
  /** How many values each list or record stands for that has been seen; none while it is looked into. */
  readonly #sizes = new Map<object, number | undefined>();
  #written = 0;

  /** How many values a list or a record stands for. */
  sizeOf(value: object, path: readonly Key[]): number {
    if (this.#sizes.has(value)) {
      const size = this.#sizes.get(value);
      if (size === undefined) this.#tell(path, `${nameOf(path)} is a part of itself`);
      return size ?? 0;
    }
    if (value instanceof Date) {
      this.#found(path, "a date", "put it in quotes to keep what is written");
      return 0;
    }
    if (path.length > MOST_DEEP) {
      this.#found(path, TOO_DEEP);
      return 0;
    }
    this.#sizes.set(value, undefined);
    this.#written++;
    let size = 1;
    for (const [key, item] of entriesOf(value)) {
      if (this.flaw) return 0;
      if (isObject(item)) size += this.sizeOf(item, [...path, key]);
      else {
        size++;
        this.#written++;
      }
    }
    this.#sizes.set(value, size);
    if (size - this.#written > MOST_REPEATED) {
      this.#found(path, `aliases for more than ${MOST_REPEATED} values`);
    }
    return size;
  }

  #found(path: readonly Key[], what: string, hint?: string): void {
    const where = path.length > 4 ? "" : ` as ${nameOf(path)}`;
    this.#tell(path, `found ${what}${where}`, hint);
  }

  #tell(path: readonly Key[], message: string, hint?: string): void {
    this.flaw ??= { path, on: "value", message, hint };
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function entriesOf(value: object): Iterable<readonly [Key, unknown]> {
  if (Array.isArray(value)) return value.entries();
  return isRecord(value) ? Object.entries(value) : [];
}
