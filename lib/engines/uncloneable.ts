/**
 * Why a value cannot travel to a slot or back.
 *
 * @module
 */

/**
 * The path to what cannot be cloned in a value, and what it is: `input.options.onDone is a function`.
 * Never throws itself.
 *
 * @param name How the whole is called: `input` or `result`.
 * @param thrown What the attempt to clone it has thrown.
 */
export function whyUncloneable(value: unknown, name: string, thrown: unknown): string {
  const found = search(value, name, new Set()) ?? shared(value, name);
  if (found) return found;
  const reason = thrown instanceof Error ? `: ${thrown.message}` : "";
  return `${name} cannot be cloned${reason}`;
}

/** What can be cloned, beside lists of bytes and errors; the last stands for all that is nobody's. */
const CLONED: readonly unknown[] = [
  Array,
  Map,
  Set,
  Date,
  RegExp,
  ArrayBuffer,
  Boolean,
  Number,
  String,
  BigInt,
  Object,
];

/**
 * The path to an object of the platform in a value, and what it is: `args[0].home is a URL, which cannot be cloned`.
 * Within another value such a one is cloned to an object without properties, and nothing is thrown.
 */
export function whyLost(value: unknown, name: string): string | undefined {
  try {
    return searchLost(value, name, new Set());
  } catch {
    return undefined; // What cannot be read is not cloned either.
  }
}

function searchLost(value: unknown, path: string, seen: Set<object>): string | undefined {
  if (!isObject(value) || seen.has(value)) return undefined;
  seen.add(value);
  if (ArrayBuffer.isView(value) || value instanceof Error) return undefined;
  const platform = platformNameOf(value);
  if (platform !== undefined) return `${path} is ${article(platform)}, which cannot be cloned`;
  // Long lists are of numbers or texts most often.
  if (Array.isArray(value) && !value.some(isObject)) return undefined;
  for (const [step, read] of childrenOf(value)) {
    const found = searchLost(read(), path + step, seen);
    if (found) return found;
  }
  return undefined;
}

/** The name of the class that an object owes to the platform, if it cannot be cloned. */
function platformNameOf(value: object): string | undefined {
  const globals = globalThis as unknown as Readonly<Record<string, unknown>>;
  for (let at: object | null = Object.getPrototypeOf(value); at; at = Object.getPrototypeOf(at)) {
    const make: unknown = Object.hasOwn(at, "constructor") ? at.constructor : undefined;
    if (typeof make !== "function") continue;
    if (CLONED.includes(make)) return undefined;
    if (Object.hasOwn(globals, make.name) && globals[make.name] === make) return make.name;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
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

/** The path to memory that is shared, which can be cloned, and yet not leave the process. */
function shared(value: unknown, name: string): string | undefined {
  try {
    return searchShared(value, name, new Set());
  } catch {
    return undefined;
  }
}

function searchShared(value: unknown, path: string, seen: Set<object>): string | undefined {
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined;
  seen.add(value);
  const isView = ArrayBuffer.isView(value);
  if ((isView ? value.buffer : value) instanceof SharedArrayBuffer) {
    return `${path} is shared memory: only Workers share it, processes do not`;
  }
  if (isView) return undefined;
  for (const [step, read] of childrenOf(value)) {
    const found = searchShared(read(), path + step, seen);
    if (found) return found;
  }
  return undefined;
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
      yield [".keys()", () => key];
      yield [`.get(${nameOf(key)})`, () => child];
    }
  } else if (value instanceof Set) {
    for (const child of value) yield [".values()", () => child];
  } else {
    for (const key of Object.keys(value)) {
      const step = Array.isArray(value) ? `[${key}]` : `.${key}`;
      yield [step, () => (value as Record<string, unknown>)[key]];
    }
  }
}

function nameOf(key: unknown): string {
  return typeof key === "string" ? JSON.stringify(key) : Deno.inspect(key, { depth: 0 });
}

function isMovedAway(value: object): boolean {
  return value instanceof ArrayBuffer && value.detached;
}

function kindOf(value: object): string {
  return value.constructor?.name ?? "object";
}

function article(name: string): string {
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}
