/**
 * Any value as JSON.
 *
 * @module
 */

import { LONGEST_TEXT } from "../json/faithful_json.ts";
import { Fault, isError } from "../fault.ts";
import { TOKEN_KEY, tokenOf } from "../sync/token.ts";
import { shortened, withoutHidden } from "../text/shown.ts";

/** `JSON.rawJSON`, which the types of the language do not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** How much of an input a cause shows, in characters. */
const INPUT_LENGTH = 80;

/**
 * A value as one line of JSON.
 *
 * What JSON has no form for becomes: `undefined`, functions, symbols, NaN and the infinities `null`;
 * a bigint its digits; a Map an object if all its keys are strings, otherwise a list of pairs; a Set
 * and a typed array a list; an ArrayBuffer a list of its bytes; an Error its name, message and cause;
 * what refers to itself `"[Circular]"`; what throws when it is read, or is nested too deep, `null`. An entry of
 * an object that is `undefined` is left out.
 *
 * @throws {Fault} If that is longer than a text may be.
 */
export function toJson(value: unknown): string {
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "null";
  const native = tryJson(() => isPlain(value, []) ? value : undefined);
  return native ?? tryJson(() => converted(value, [])) ?? "null";
}

/** JSON that says the same, in which every character can be seen. */
export function seenJson(json: string): string {
  return withoutHidden(json, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}

/** A value as JSON for people to see: `…` where that is longer than a text may be, `Queue` where that is something shared. */
export function shownJson(value: unknown): string {
  try {
    const json = toJson(value);
    return seenJson(json.includes(`"${TOKEN_KEY}":`) ? withClasses(json) : json);
  } catch {
    return "…";
  }
}

/** An input as people are shown it: JSON, cut off where it is long. */
export function inputText(input: unknown): string {
  return shortened(shownJson(input), INPUT_LENGTH);
}

/** A character that is in no text: Unicode has set it apart. */
const MARK = "\ufdd0";

/** The name of its class in the place of each token of something shared. */
function withClasses(json: string): string {
  const marked = JSON.stringify(JSON.parse(json, (_, value: unknown) => {
    const token = typeof value === "object" && value !== null ? tokenOf(value) : undefined;
    return token ? `${MARK}${token.kind}${MARK}` : value;
  }));
  return marked.replaceAll(new RegExp(`"${MARK}(\\w+)${MARK}"`, "g"), "$1");
}

function tryJson(make: () => unknown): string | undefined {
  try {
    return JSON.stringify(make());
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (error instanceof RangeError && error.message === "Invalid string length") throw tooLong();
    return undefined;
  }
}

/** The most bytes, or other numbers, of which a list is made. */
const LONGEST_LIST = 2 ** 25;

function tooLong(): Fault {
  return new Fault("engine", "Cannot write a value as JSON: it is longer than a text may be", {
    hint: "have the job write it to a file, or print nothing with --format none",
  });
}

/** Whether `JSON.stringify` gives the same: a look, so that the common case costs little. */
function isPlain(value: unknown, above: object[]): boolean {
  if (typeof value === "string") return value.length <= LONGEST_TEXT;
  if (typeof value !== "object" || value === null) {
    return typeof value !== "bigint" && typeof value !== "function" && typeof value !== "symbol";
  }
  if (above.includes(value)) return false;
  above.push(value);
  const isSo = Array.isArray(value) ? isPlainList(value, above) : isPlainRecord(value, above);
  above.pop();
  return isSo;
}

function isPlainList(list: readonly unknown[], above: object[]): boolean {
  for (let i = 0; i < list.length; i++) if (!isPlain(list[i], above)) return false;
  return !("toJSON" in list);
}

function isPlainRecord(record: object, above: object[]): boolean {
  const proto = Object.getPrototypeOf(record);
  if (proto !== Object.prototype && proto !== null) return false;
  for (const key in record) {
    if (key === "toJSON" || !isPlain((record as Record<string, unknown>)[key], above)) return false;
  }
  return true;
}

type Convert = (value: unknown) => unknown;

function converted(value: unknown, above: object[]): unknown {
  if (typeof value === "string" && value.length > LONGEST_TEXT) throw tooLong();
  if (typeof value === "bigint") return rawJSON(String(value));
  if (typeof value === "function" || typeof value === "symbol" || value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return "[Circular]";
  above.push(value);
  try {
    return convert(value, (item) => converted(item, above));
  } catch (error) {
    if (error instanceof Fault) throw error;
    return null;
  } finally {
    above.pop();
  }
}

function convert(value: object, child: Convert): unknown {
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, child);
  if (value instanceof Map) return fromMap(value, child);
  if (value instanceof ArrayBuffer) return child(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) return fromView(value, child);
  if (isError(value)) return fromError(value, child);
  if (isBoxed(value)) return child(value.valueOf());
  if (!("toJSON" in value && typeof value.toJSON === "function")) return fromEntries(value, child);
  const json: unknown = value.toJSON();
  // As JSON.stringify has it, toJSON is called once: what it returns may have one again.
  const isObject = typeof json === "object" && json !== null;
  return isObject && "toJSON" in json ? fromEntries(json, child) : child(json);
}

function fromEntries(value: object, child: Convert): unknown {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, child(item)]));
}

function isBoxed(value: object): boolean {
  return value instanceof Number || value instanceof String || value instanceof Boolean ||
    value instanceof BigInt;
}

function fromMap(map: Map<unknown, unknown>, child: Convert): unknown {
  const entries = [...map].map(([key, value]) => [key, child(value)] as const);
  return entries.every(([key]) => typeof key === "string")
    ? Object.fromEntries(entries)
    : entries.map(([key, value]) => [child(key), value]);
}

function fromView(view: ArrayBufferView, child: Convert): unknown {
  const list = view instanceof DataView
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : view as unknown as Uint8Array;
  if (list.length > LONGEST_LIST) throw tooLong();
  return Array.from<unknown, unknown>(list, child);
}

function fromError({ name, message, cause }: Error, child: Convert): unknown {
  return {
    name: child(name),
    message: child(message),
    ...(cause === undefined ? {} : { cause: child(cause) }),
  };
}
