/**
 * Values of every type that structured clone knows or refuses, and functions that make, take and pass them.
 *
 * @module
 */

import { createSecretKey } from "node:crypto";
import { Buffer } from "node:buffer";
import type { Queue } from "fanfold";
import { described } from "./described.ts";

export { described };

class Point {
  x = 1;
  #hidden = 2;
  get sum() {
    return this.x + this.#hidden;
  }
}

class Names extends Map<string, number> {
  extra = 1;
}

const WASM = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"]);

function self(): unknown {
  const record: Record<string, unknown> = { list: [1] };
  record.self = record;
  record.again = record.list;
  return record;
}

function lastIndex(): RegExp {
  const pattern = /a/gi;
  pattern.lastIndex = 3;
  return pattern;
}

function holes(): unknown {
  const list: unknown[] & { name?: string } = [, 1, , undefined];
  list.name = "list";
  return list;
}

function twoViews(): unknown {
  const { buffer } = Uint8Array.from({ length: 16 }, (_, i) => i);
  return { a: new Uint8Array(buffer, 1, 3), b: new Uint16Array(buffer, 2, 2), buffer };
}

function bigTwoViews(): unknown {
  const { buffer } = new Uint8Array(70_000).fill(7);
  return [new Uint8Array(buffer, 8), { deep: new DataView(buffer, 0, 4) }];
}

function resizable(): unknown {
  const buffer = new ArrayBuffer(4, { maxByteLength: 16 });
  return { tracking: new Uint8Array(buffer), fixed: new Uint8Array(buffer, 0, 2), buffer };
}

function inCause(): unknown {
  const { buffer } = new Uint8Array(70_000).fill(3);
  const error = new RangeError("a", { cause: { bytes: new Uint8Array(buffer, 4, 8) } });
  return { error, other: new Uint8Array(buffer) };
}

const temporal = (globalThis as unknown as {
  Temporal?: { Instant: { from(text: string): unknown } };
}).Temporal;

/** Values that arrive as their clones do, by name. */
export const CLONED: Readonly<Record<string, () => unknown>> = {
  primitives:
    () => [undefined, null, true, 0, -0, NaN, Infinity, "a\u0000\ud800", 12n, -(2n ** 70n)],
  boxed: () => [Object(-0), Object("a"), Object(false), Object(5n)],
  dates: () => [new Date(5), new Date(NaN)],
  patterns: lastIndex,
  maps: () => new Map<unknown, unknown>([[{ a: 1 }, new Map([[NaN, -0]])]]),
  sets: () => new Set([1, "1", new Set([null])]),
  holes,
  "list of a thousand": () => Array.from({ length: 1000 }, (_, i) => ({ i })),
  "records with odd names": () => JSON.parse('{ "__proto__": 1, "constructor": 2, "": 3 }'),
  "no prototype": () => Object.assign(Object.create(null), { a: 1 }),
  getters: () => ({
    get a() {
      return [1];
    },
  }),
  "names that are symbols": () => ({ a: 1, [Symbol("b")]: 2 }),
  classes: () => [new Point(), new Names([["a", 1]]), new (class extends Array {})(3)],
  errors: () => [new Error("a"), new TypeError("b", { cause: new Map([[1, 2]]) }), new URIError()],
  "errors of classes": () =>
    new (class Own extends RangeError {
      field = 1;
    })("a"),
  aggregates: () => new AggregateError([new Error("a")], "b"),
  exceptions: () => {
    const exception = new DOMException("a", "AbortError");
    return [exception, new Map([[exception, new Error("b", { cause: exception })]])];
  },
  buffers: () => [new ArrayBuffer(0), new Uint8Array([1, 2, 3]).buffer],
  "typed arrays": () => [
    new Int8Array([-1]),
    new Uint8Array([1, 2]),
    new Uint8ClampedArray([255]),
    new Int16Array([-2, 3]),
    new Uint16Array([3]),
    new Int32Array([-4]),
    new Uint32Array([5]),
    new Float16Array([0.5, -0]),
    new Float32Array([1.5]),
    new Float64Array([NaN, -0, 2.5]),
    new BigInt64Array([-6n]),
    new BigUint64Array([7n]),
    new DataView(new Uint8Array([8, 9]).buffer),
  ],
  "classes of typed arrays": () => [new (class extends Uint8Array {})([1, 2])],
  "big buffers": () => ({ a: new Uint8Array(100_000).fill(1), b: [new ArrayBuffer(40_000)] }),
  "many numbers": () => Array.from({ length: 5000 }, (_, i) => i / 3),
  "two views": twoViews,
  "two views on a big buffer": bigTwoViews,
  "one view twice": () => {
    const view = new Uint8Array(40_000);
    return [view, view];
  },
  resizable,
  "a buffer within a cause": inCause,
  "a circle": self,
  "things named as what is shared": () => ({ "fanfold:shared": null }),
};

/** Values that arrive on a buffer of their own, which is all they show. */
export const PARTS: Readonly<Record<string, () => ArrayBufferView>> = {
  "a part": () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  "a part of a big buffer": () =>
    new Uint16Array(new Uint8Array(70_000).fill(6).buffer, 8, 40_000 / 2),
  "a small part of a big buffer": () => new DataView(new ArrayBuffer(70_000), 8, 2),
  "a buffer of Node": () => Buffer.from("hello"),
};

const anywhere = (what: string) => ({ worker: what, process: what });
const workers = (what: string) => ({
  worker: undefined,
  process: `${what}, which cannot leave its process`,
});
const platform = (what: string) => anywhere(`${what}, which cannot be cloned`);
const moved = (what: string) => ({
  worker: `${what}, which cannot be cloned, only moved`,
  process: `${what}, which cannot leave its process`,
});

/** What is said of a value that cannot go, behind its path; nothing where it can. */
export interface Refused {
  readonly make: () => unknown;
  readonly worker?: string;
  readonly process: string;
}

const shared = "is shared memory: only Workers share it, processes do not";

/** Values that do not go to processes, or nowhere. */
export const REFUSED: Readonly<Record<string, Refused>> = {
  functions: { make: () => () => {}, ...anywhere("is a function") },
  symbols: { make: () => Symbol("a"), ...anywhere("is a symbol") },
  proxies: { make: () => new Proxy({ a: 1 }, {}), ...platform("is an Object") },
  WeakMap: { make: () => new WeakMap(), ...platform("is a WeakMap") },
  WeakSet: { make: () => new WeakSet(), ...platform("is a WeakSet") },
  WeakRef: { make: () => new WeakRef({}), ...platform("is a WeakRef") },
  Promise: { make: () => Promise.resolve([]), ...platform("is a Promise") },
  generators: { make: () => (function* () {})(), ...platform("is an Iterator") },
  Intl: { make: () => new Intl.NumberFormat(), ...platform("is a NumberFormat") },
  ...(temporal
    ? {
      Temporal: {
        make: () => temporal.Instant.from("2020-01-01T00:00Z"),
        ...platform("is an Instant"),
      },
    }
    : {}),
  URL: { make: () => new URL("https://a/b"), ...platform("is a URL") },
  "classes of URL": { make: () => new (class Home extends URL {})("a:b"), ...platform("is a URL") },
  URLSearchParams: { make: () => new URLSearchParams("a=1"), ...platform("is a URLSearchParams") },
  URLPattern: { make: () => new URLPattern("https://a/*"), ...platform("is a URLPattern") },
  Headers: { make: () => new Headers({ a: "b" }), ...platform("is a Headers") },
  Request: { make: () => new Request("https://a/b"), ...platform("is a Request") },
  Response: { make: () => new Response("a"), ...platform("is a Response") },
  FormData: { make: () => new FormData(), ...platform("is a FormData") },
  AbortSignal: { make: () => AbortSignal.abort(), ...platform("is an AbortSignal") },
  AbortController: { make: () => new AbortController(), ...platform("is an AbortController") },
  Event: { make: () => new Event("a"), ...platform("is an Event") },
  EventTarget: { make: () => new EventTarget(), ...platform("is an EventTarget") },
  ImageData: { make: () => new ImageData(1, 1), ...platform("is an ImageData") },
  TextDecoder: { make: () => new TextDecoder(), ...platform("is a TextDecoder") },
  CompressionStream: {
    make: () => new CompressionStream("gzip"),
    ...platform("is a CompressionStream"),
  },
  "Deno.Command": { make: () => new Deno.Command("true"), ...platform("is a Command") },
  "WebAssembly.Instance": {
    make: () => new WebAssembly.Instance(new WebAssembly.Module(WASM)),
    ...platform("is an Instance"),
  },
  ReadableStream: { make: () => new ReadableStream(), ...moved("is a ReadableStream") },
  WritableStream: { make: () => new WritableStream(), ...moved("is a WritableStream") },
  TransformStream: { make: () => new TransformStream(), ...moved("is a TransformStream") },
  MessagePort: {
    make: () => {
      const { port1 } = new MessageChannel();
      port1.close();
      return port1;
    },
    ...moved("is a MessagePort"),
  },
  Blob: { make: () => new Blob(["a"]), ...workers("is a Blob") },
  File: { make: () => new File(["a"], "b"), ...workers("is a File") },
  CryptoKey: { make: () => key, ...workers("is a CryptoKey") },
  KeyObject: { make: () => createSecretKey(new Uint8Array(16)), ...workers("is a KeyObject") },
  "WebAssembly.Module": {
    make: () => new WebAssembly.Module(WASM),
    ...workers("is a Module"),
  },
  SharedArrayBuffer: { make: () => new SharedArrayBuffer(4), worker: undefined, process: shared },
  "views on shared memory": {
    make: () => new Int32Array(new SharedArrayBuffer(8)),
    worker: undefined,
    process: shared,
  },
};

/** A value by its name. */
export function made(name: string): unknown {
  const make = CLONED[name] ?? PARTS[name] ?? REFUSED[name]?.make;
  if (!make) throw new RangeError(`There is no value "${name}"`);
  return make();
}

/** A value by its name, in a record of its own. */
export function madeInside(name: string): { readonly a: readonly unknown[] } {
  return { a: [made(name)] };
}

/** What can be seen of what a queue holds, and puts back the same; or why not. */
export async function passed({ queue, back }: { queue: Queue<unknown>; back: Queue<unknown> }) {
  const value = await queue.get();
  await back.put(value);
  return described(value);
}

/** Puts a value, by its name, in a record of its own; gives what was thrown. */
export async function puts({ queue, name }: { queue: Queue<unknown>; name: string }) {
  return await queue.put(madeInside(name)).then(() => "put", (thrown) => `${thrown}`);
}

/** Throws an error with a field that is a value, by its name, and a cause that has it too. */
export function throwsWith(name: string): never {
  const cause = Object.assign(new Error("inner"), { field: madeInside(name) });
  throw Object.assign(new Error("outer", { cause }), { field: madeInside(name) });
}
