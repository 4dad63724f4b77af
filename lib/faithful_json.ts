/**
 * JSON that says all there is to a value.
 *
 * @module
 */

/** JSON that becomes the same value again; nothing if the value is not what JSON can say. Never throws. */
export function faithfulJson(value: unknown): string | undefined {
  if (typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0) ? String(value) : undefined;
  }
  try {
    const json = JSON.stringify(value);
    return json !== undefined && isSame(JSON.parse(json), value) ? json : undefined;
  } catch {
    return undefined; // A circle, a bigint, or a getter that throws.
  }
}

/** Whether a value is just what was read from JSON. */
function isSame(read: unknown, value: unknown): boolean {
  if (typeof read !== "object" || read === null) return Object.is(read, value);
  if (typeof value !== "object" || value === null) return false;
  if (Object.getPrototypeOf(read) !== Object.getPrototypeOf(value)) return false;
  const [keys, wanted] = [Reflect.ownKeys(read), Reflect.ownKeys(value)];
  return keys.length === wanted.length &&
    keys.every((key) => isSame(Reflect.get(read, key), Reflect.get(value, key)));
}
