/**
 * Functions that put others in the place of what their slot may need itself.
 *
 * @module
 */

/** What the functions are given. */
export interface PatchInput {
  /** What is changed: its path from the global object. */
  readonly target: string;
  readonly way: keyof typeof WAYS;
}

/**
 * What is changed, by its path from the global object; `@@iterator` is a symbol. Left out is what Deno itself does not
 * stand: `Function.prototype.call`, `process.emit`, and setters for the elements of lists.
 */
export const TARGETS: readonly string[] = [
  ...[
    ...["Array", "ArrayBuffer", "Atomics", "DataView", "Date", "Deno", "Error", "Float64Array"],
    ...["JSON", "Map", "Math", "Number", "Object", "Promise", "Proxy", "Reflect", "Set", "String"],
    ...["SharedArrayBuffer", "Symbol", "TextEncoder", "TypeError", "Uint8Array", "WeakMap"],
    ...["WritableStream", "addEventListener", "clearInterval", "clearTimeout", "console", "crypto"],
    ...["navigator", "performance", "postMessage", "process", "queueMicrotask", "setImmediate"],
    ...["setInterval", "setTimeout", "structuredClone", "AbortController", "DOMException"],
  ],
  ...["at", "concat", "every", "filter", "find", "findIndex", "flatMap", "includes", "join", "map"]
    .map((method) => `Array.prototype.${method}`),
  ...["pop", "push", "shift", "slice", "some", "splice", "unshift", "@@iterator", "values"]
    .map((method) => `Array.prototype.${method}`),
  ...["Array.from", "Array.isArray", "ArrayBuffer.isView", "Atomics.load", "Atomics.store"],
  ...["DataView.prototype.setFloat64", "Date.now", "Error.captureStackTrace"],
  ...["Function.prototype.apply", "Function.prototype.bind"],
  ...["get", "has", "set", "delete", "size", "@@iterator"].map((of) => `Map.prototype.${of}`),
  ...["add", "has", "size", "@@iterator"].map((of) => `Set.prototype.${of}`),
  ...["defineProperties", "defineProperty", "entries", "getOwnPropertyDescriptors"]
    .map((method) => `Object.${method}`),
  ...["assign", "getPrototypeOf", "hasOwn", "keys"].map((method) => `Object.${method}`),
  ...["catch", "constructor", "finally", "then"].map((of) => `Promise.prototype.${of}`),
  ...["resolve", "reject", "withResolvers"].map((method) => `Promise.${method}`),
  ...["apply", "get", "ownKeys", "construct"].map((method) => `Reflect.${method}`),
  ...["JSON.parse", "JSON.stringify", "TextEncoder.prototype.encode"],
  ...["exit", "inspect", "memoryUsage", "stdout", "stderr"].map((of) => `Deno.${of}`),
  ...["exit", "getBuiltinModule", "on", "nextTick", "send", "stdout", "channel"]
    .map((of) => `process.${of}`),
  ...["log", "error"].map((of) => `console.${of}`),
  ...["now", "timeOrigin"].map((of) => `performance.${of}`),
  ...["dispatchEvent", "addEventListener"].map((of) => `EventTarget.prototype.${of}`),
  ...["postMessage", "close"].map((of) => `MessagePort.prototype.${of}`),
  ...["byteLength", "slice", "resizable"].map((of) => `ArrayBuffer.prototype.${of}`),
  ...["set", "subarray", "slice", "fill", "length", "buffer", "@@iterator"]
    .map((of) => `TypedArray.prototype.${of}`),
  ...["MessageEvent.prototype.data", "Worker", "MessagePort", "EventTarget"],
  ...["Uint8Array.from", "Object.prototype.then", "Object.prototype.kind"],
  ...["String.prototype.includes", "String.prototype.split", "RegExp.prototype.exec"],
];

/** What Deno sets of the event of a message. */
export const EVENT_TARGETS: readonly string[] = ["data", "ports", "origin", "lastEventId"]
  .map((field) => `MessageEvent.prototype.${field}`);

/** How it is changed. */
export const WAYS = {
  deletes: undefined,
  throws: () => {
    throw new Problem("not to be used");
  },
  givesNothing: function () {},
} as const;

const Problem = Error;
const { defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;
const ITERATOR: typeof Symbol.iterator = Symbol.iterator;

interface Place {
  readonly holder: object;
  readonly key: string | symbol;
}

const TypedArray = Object.getPrototypeOf(Uint8Array);
const PLACES = new Map([...TARGETS, ...EVENT_TARGETS].map((target) => [target, placeOf(target)]));
const look = PLACES.get.bind(PLACES);
let before: (Place & { readonly descriptor?: PropertyDescriptor }) | undefined;

/** Changes it; what was changed before is again what it was. */
export function patches({ target, way }: PatchInput): string {
  restores();
  const place = look(target);
  if (!place) return "missing";
  const { holder, key } = place;
  before = { holder, key, descriptor: getOwnPropertyDescriptor(holder, key) };
  if (way === "deletes") deleteProperty(holder, key);
  else defineProperty(holder, key, patchOf(WAYS[way], before.descriptor));
  return "patched";
}

/** Has all be again what it was. */
export function restores(): void {
  if (!before) return;
  const { holder, key, descriptor } = before;
  before = undefined;
  if (descriptor) defineProperty(holder, key, descriptor);
  else deleteProperty(holder, key);
}

/** What is asked for in the place of a property: as a method, or as a value that cannot be had. */
function patchOf(act: () => unknown, descriptor?: PropertyDescriptor): PropertyDescriptor {
  const isMethod = descriptor !== undefined && "value" in descriptor &&
    typeof descriptor.value === "function";
  return isMethod
    ? { value: act, writable: true, configurable: true }
    : { get: act, set: act, configurable: true };
}

function placeOf(target: string): Place | undefined {
  const path = target.split(".");
  const last = path.pop() ?? "";
  let holder: unknown = globalThis;
  for (const step of path) {
    holder = step === "TypedArray"
      ? TypedArray
      : (holder as Record<string, unknown> | undefined)?.[step];
  }
  if (typeof holder !== "object" && typeof holder !== "function" || holder === null) {
    return undefined;
  }
  return { holder, key: last === "@@iterator" ? ITERATOR : last };
}

/** Twice the number. */
export function double(n: number): number {
  return n * 2;
}

/** Twice the number, after a turn. */
export async function doubleLater(n: number): Promise<number> {
  await null;
  return n * 2;
}

/** What an input asks for: a patch, or twice a number, in a job that has an object, prints or waits. */
export function does(input: PatchInput | number | { readonly later: number }): unknown {
  if (typeof input === "number") return double(input);
  if ("target" in input) return patches(input);
  return doubleLater(input.later);
}

let calls = 0;

/** Changes a global, and how often a slot has been called that goes on. */
export function counts(input: PatchInput | null): unknown {
  calls++;
  return input ? patches(input) : calls;
}
