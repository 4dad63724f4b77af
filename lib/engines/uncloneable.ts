/**
 * Why a value cannot travel to a slot or back.
 *
 * @module
 */

/**
 * The path to what cannot be cloned in a value, and what it is: `input.options.onDone is a function`.
 *
 * @param name How the whole is called: `input` or `result`.
 */
export function whyUncloneable(value: unknown, name: string): string {
  return search(value, name, new Set()) ?? `${name} cannot be cloned`;
}

function search(value: unknown, path: string, seen: Set<object>): string | undefined {
  if (typeof value === "function" || typeof value === "symbol") {
    return `${path} is a ${typeof value}`;
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined;
  seen.add(value);
  if (isCloneable(value)) return undefined;
  for (const [step, child] of childrenOf(value)) {
    const found = search(child, path + step, seen);
    if (found) return found;
  }
  return `${path} is ${article(value.constructor?.name ?? "object")}, which cannot be cloned`;
}

function isCloneable(value: object): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

function* childrenOf(value: object): Generator<[step: string, child: unknown]> {
  if (value instanceof Map) {
    for (const [key, child] of value) yield [`.get(${JSON.stringify(key) ?? typeof key})`, child];
  } else if (value instanceof Set) {
    for (const child of value) yield [".values()", child];
  } else {
    for (const key of Object.keys(value)) {
      const step = Array.isArray(value) ? `[${key}]` : `.${key}`;
      yield [step, (value as Record<string, unknown>)[key]];
    }
  }
}

function article(name: string): string {
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}
