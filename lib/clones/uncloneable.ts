/**
 * Why a value cannot travel to a slot or back.
 *
 * @module
 */

import { isError } from "../fault.ts";
import { stepTo } from "./within.ts";

/** An object that a value holds, of which a clone would keep nothing. */
export class Uncloneable extends DOMException {
  readonly culprit: object;
  /** What is wrong with it, behind its path: `is a URL, which cannot be cloned`. */
  readonly what: string;

  constructor(culprit: object, what: string) {
    super(`The value ${what}`, "DataCloneError");
    this.culprit = culprit;
    this.what = what;
  }

  static of(culprit: object, name: string, why: string): Uncloneable {
    return new Uncloneable(culprit, `is ${article(name || kindOf(culprit))}, ${why}`);
  }

  static unmoved(culprit: object, name: string): Uncloneable {
    return Uncloneable.of(culprit, name, "which cannot be cloned, only moved");
  }

  /** Memory that is shared, where it would leave the process. */
  static shared(culprit: object): Uncloneable {
    return new Uncloneable(culprit, SHARED);
  }
}

/** A message is longer than its way takes. */
export class TooLarge extends RangeError {
  override readonly name = "TooLarge";

  readonly bytes: number;
  readonly most: number;

  /**
   * @param most How many bytes a message may have.
   * @param way Which way takes no more.
   */
  constructor(bytes: number, most: number, way: "process" | "queue" = "process") {
    super(
      `takes ${bytes} bytes, of which a ${way} passes on ${most} at most; ${
        way === "process" ? "a Worker takes more" : "a file that all hosts can read takes more"
      }`,
    );
    this.bytes = bytes;
    this.most = most;
  }
}

/** Why the job of a value has failed that cannot travel. */
export function uncloneableError(
  value: unknown,
  name: string,
  thrown: unknown,
): { readonly name: string; readonly message: string } {
  const kind = thrown instanceof TooLarge ? thrown.name : "DataCloneError";
  return { name: kind, message: whyUncloneable(value, name, thrown) };
}

const SHARED = "is shared memory: only Workers share it, processes do not";

/**
 * The path to what cannot be cloned in a value, and what it is: `input.options.onDone is a function`.
 * Never throws itself.
 *
 * @param name How the whole is called: `input` or `result`.
 * @param thrown What the attempt to clone it has thrown.
 */
export function whyUncloneable(value: unknown, name: string, thrown: unknown): string {
  if (thrown instanceof TooLarge) return `${name} ${thrown.message}`;
  if (thrown instanceof Uncloneable) {
    const { culprit, what } = thrown;
    return `${pathOf((each) => each === culprit, value, name) ?? name} ${what}`;
  }
  const found = search(value, name, new Set());
  if (found) return found;
  // It can be cloned, and yet not leave the process.
  const shared = pathOf(isSharedMemory, value, name);
  if (shared !== undefined) return `${shared} ${SHARED}`;
  const reason = isError(thrown) ? `: ${thrown.message}` : "";
  return `${name} cannot be cloned${reason}`;
}

function search(value: unknown, path: string, seen: Set<object>): string | undefined {
  if (typeof value === "function" || typeof value === "symbol") {
    return `${path} is a ${typeof value}`;
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined;
  seen.add(value);
  if (isCloneable(value)) return undefined;
  try {
    if (isMovedAway(value)) return `${path} is an ArrayBuffer that was moved away`;
    if (ArrayBuffer.isView(value) && isMovedAway(value.buffer)) {
      return `${path} is ${article(kindOf(value))} whose buffer was moved away`;
    }
    for (const [step, read] of childrenOf(value)) {
      const found = searchChild(read, path + step, seen);
      if (found) return found;
    }
    return `${path} is ${article(kindOf(value))}, which cannot be cloned`;
  } catch {
    return `${path} cannot be read`;
  }
}

/** The path to the first object in a value that is looked for. */
function pathOf(isIt: (each: object) => boolean, value: unknown, name: string): string | undefined {
  try {
    return searchFor(isIt, value, name, new Set());
  } catch {
    return undefined; // It is too deep, or cannot be read any more.
  }
}

function searchFor(
  isIt: (each: object) => boolean,
  value: unknown,
  path: string,
  seen: Set<object>,
): string | undefined {
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined;
  seen.add(value);
  if (isIt(value)) return path;
  if (ArrayBuffer.isView(value)) return undefined;
  // Long lists are of numbers or texts most often.
  if (Array.isArray(value) && !value.some((part) => typeof part === "object")) return undefined;
  for (const [step, read] of childrenOf(value)) {
    const found = searchFor(isIt, read(), path + step, seen);
    if (found) return found;
  }
  return undefined;
}

function isSharedMemory(value: object): boolean {
  return (ArrayBuffer.isView(value) ? value.buffer : value) instanceof SharedArrayBuffer;
}

function searchChild(read: () => unknown, path: string, seen: Set<object>): string | undefined {
  try {
    return search(read(), path, seen);
  } catch {
    return `${path} cannot be read`;
  }
}

function isCloneable(value: object): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** What a clone of an object is made of: the step to each, and the way to read it, which may throw. */
function* childrenOf(value: object): Generator<[step: string, read: () => unknown]> {
  if (value instanceof Map) {
    for (const [key, child] of value) {
      yield [stepTo(value, key, true), () => key];
      yield [stepTo(value, key), () => child];
    }
  } else if (value instanceof Set) {
    for (const child of value) yield [stepTo(value, undefined), () => child];
  } else {
    const keys = isError(value)
      ? ["cause"].filter((key) => Object.hasOwn(value, key))
      : Object.keys(value);
    for (const key of keys) {
      yield [stepTo(value, key), () => (value as Record<string, unknown>)[key]];
    }
  }
}

function isMovedAway(value: object): boolean {
  return value instanceof ArrayBuffer && value.detached;
}

/** The name of the nearest class of an object that has one. */
function kindOf(value: object): string {
  for (let at: object | null = Object.getPrototypeOf(value); at; at = Object.getPrototypeOf(at)) {
    const make: unknown = Object.hasOwn(at, "constructor") ? at.constructor : undefined;
    const name: unknown = typeof make === "function" ? make.name : undefined;
    if (typeof name === "string" && name !== "") return name;
  }
  return "object";
}

function article(name: string): string {
  return `${/^[AEIO]|^object$/.test(name) ? "an" : "a"} ${name}`;
}
