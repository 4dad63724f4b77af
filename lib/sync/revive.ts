/**
 * What tokens stand for, put in their place.
 *
 * @module
 */

import { survey } from "../clones/survey.ts";
import { uncloneable } from "./errors.ts";
import { sendNoting, type Token, tokenOf } from "./token.ts";

/** What a message held, and the path of something in it that stands for nothing here. */
export interface Revived {
  readonly value: unknown;
  /** `result.list[1] is a Lock`. */
  readonly stray?: string;
}

/** Where something is in a value. */
interface Place {
  readonly value: object;
  readonly above?: Place;
  readonly step: () => string;
}

/**
 * Puts in the place of each clone of something shared what it stands for, in arrays, records, Maps and Sets;
 * the value itself is changed, so that it must be nobody else's. What stands for nothing stays as it is.
 *
 * @param name How the whole is called.
 */
export function revive(
  value: unknown,
  name: string,
  find: (token: Token) => object | undefined,
): Revived {
  if (typeof value !== "object" || value === null) return { value };
  const reviving = new Reviving(find);
  const top: Place = { value, step: () => name };
  const whole = reviving.standsFor(value, top) ?? value;
  if (whole === value) reviving.walk(top);
  return { value: whole, stray: reviving.stray };
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

class Reviving {
  stray?: string;
  readonly #find: (token: Token) => object | undefined;
  readonly #seen = new Set<object>();
  /** Not recursive: a value may be nested deeper than the stack is. */
  readonly #open: Place[] = [];

  constructor(find: (token: Token) => object | undefined) {
    this.#find = find;
  }

  /** What a value stands for, if it does for anything. */
  standsFor(value: object, place: Place): object | undefined {
    const token = tokenOf(value);
    if (!token) return undefined;
    const found = this.#find(token);
    if (!found) this.stray ??= `${pathOf(place)} is a ${token.kind}`;
    return found;
  }

  walk(top: Place): void {
    this.#open.push(top);
    for (let place = this.#open.pop(); place; place = this.#open.pop()) {
      const { value } = place;
      if (this.#seen.has(value) || ArrayBuffer.isView(value)) continue;
      this.#seen.add(value);
      if (value instanceof Map) this.#map(value, place);
      else if (value instanceof Set) this.#set(value, place);
      else this.#record(value, place);
    }
  }

  /** What takes the place of a child. */
  #child(value: unknown, above: Place, step: () => string): unknown {
    if (typeof value !== "object" || value === null) return value;
    const place = { value, above, step };
    const found = this.standsFor(value, place);
    if (!found) this.#open.push(place);
    return found ?? value;
  }

  #record(record: object, place: Place): void {
    for (const key of Object.keys(record)) {
      const child = (record as Record<string, unknown>)[key];
      const step = () => Array.isArray(record) ? `[${key}]` : `.${key}`;
      const value = this.#child(child, place, step);
      // Defined, for a key may be `__proto__`.
      if (value !== child) Object.defineProperty(record, key, { value });
    }
  }

  /** Filled anew where something has changed, for that may be a key. */
  #map(map: Map<unknown, unknown>, place: Place): void {
    const entries = [...map].map(([key, value]) =>
      [
        this.#child(key, place, () => ".keys()"),
        this.#child(value, place, () => `.get(${textOf(key)})`),
      ] as const
    );
    if (entries.every(([key, value]) => map.has(key) && map.get(key) === value)) return;
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  }

  #set(set: Set<unknown>, place: Place): void {
    const values = [...set].map((value) => this.#child(value, place, () => ".values()"));
    if (values.every((value) => set.has(value))) return;
    set.clear();
    for (const value of values) set.add(value);
  }
}

function pathOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place | undefined = place; at; at = at.above) steps.push(at.step());
  return steps.reverse().join("");
}

function textOf(key: unknown): string {
  return typeof key === "string" ? JSON.stringify(key) : Deno.inspect(key, { depth: 0 });
}
