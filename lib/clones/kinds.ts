/**
 * What objects are to structured clone.
 *
 * @module
 */

import { isError } from "../fault.ts";

/** An object of the platform, of which a clone would keep nothing, or which only some can be sent. */
export interface Platform {
  readonly name: string;
  /** Where it can go: to a Worker, to one if it is moved there, or nowhere. */
  readonly goes: "to-workers" | "moved" | "nowhere";
}

/** What a clone has of an object: its parts, by the way they are read; its cause; its bytes; all of it. */
export type Kind =
  | "record"
  | "list"
  | "map"
  | "set"
  | "error"
  | "exception"
  | "view"
  | "buffer"
  | "whole";

/** What goes to Workers beside plain data. */
const TO_WORKERS = new Set(["Blob", "File", "CryptoKey", "KeyObject", "Module", "Memory"]);

/** What can be moved to Workers, and cannot be cloned. */
const MOVED = new Set(["MessagePort", "ReadableStream", "WritableStream", "TransformStream"]);

const TYPED_ARRAY: unknown = Object.getPrototypeOf(Uint8Array);

/** The classes of the language that have clones. */
const CLONED: readonly unknown[] = [Object, Array, Map, Set, Error, DataView, TYPED_ARRAY];

const known = new WeakMap<object, Kind | Platform>();

/** What an object is to structured clone, by its class. */
export function cloneKindOf(value: object): Kind | Platform {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return "record";
  if (prototype === Array.prototype) return "list";
  const before = known.get(prototype);
  if (before) return before;
  const kind = found(value);
  known.set(prototype, kind);
  return kind;
}

function found(value: object): Kind | Platform {
  if (Array.isArray(value)) return "list";
  if (value instanceof Map) return "map";
  if (value instanceof Set) return "set";
  if (value instanceof DOMException) return "exception";
  if (isError(value)) return "error";
  if (value instanceof DataView || value instanceof (TYPED_ARRAY as typeof Object)) return "view";
  if (isBuffer(value)) return "buffer";
  if (isWhole(value)) return "whole";
  const name = platformNameOf(value) ?? brandOf(value);
  if (name === undefined) return "record";
  return {
    name,
    goes: MOVED.has(name) ? "moved" : TO_WORKERS.has(name) ? "to-workers" : "nowhere",
  };
}

function isWhole(value: unknown): boolean {
  return value instanceof Date || value instanceof RegExp || value instanceof Number ||
    value instanceof String || value instanceof Boolean || value instanceof BigInt;
}

export function isBuffer(value: object): value is ArrayBufferLike {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

/** The name of the class that an object owes to the platform, itself or above its own. */
function platformNameOf(value: object): string | undefined {
  for (let at: object | null = Object.getPrototypeOf(value); at; at = Object.getPrototypeOf(at)) {
    const make: unknown = Object.hasOwn(at, "constructor") ? at.constructor : undefined;
    if (typeof make !== "function") continue;
    if (CLONED.includes(make)) return undefined;
    if (PLACES.some((place) => isOf(place, make))) return make.name;
  }
  return undefined;
}

const PLACES: readonly object[] = [globalThis, WebAssembly, Deno];

/** Whether a class is one of those that were there from the start: what is assigned later can be enumerated. */
function isOf(place: object, make: { readonly name: string }): boolean {
  const property = Object.getOwnPropertyDescriptor(place, make.name);
  if (!property || (property.enumerable && place === globalThis)) return false;
  return (place as Readonly<Record<string, unknown>>)[make.name] === make;
}

/** Symbols by which objects of the platform are known whose classes have no public name. */
const BRANDS = new Set(["[[webidl.brand]]", "Deno.core.hostObject", "kHandle"]);

function brandOf(value: object): string | undefined {
  const symbols = Object.getOwnPropertySymbols(value);
  if (!symbols.some(({ description = "" }) => BRANDS.has(description))) return undefined;
  const { name } = value.constructor ?? {};
  return /KeyObject$/.test(name) ? "KeyObject" : name;
}
