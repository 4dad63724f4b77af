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
  const found = search(value, name, new Set());
  if (found) return found;
  const reason = thrown instanceof Error ? `: ${thrown.message}` : "";
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
