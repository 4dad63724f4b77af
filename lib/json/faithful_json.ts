/**
 * JSON that says all there is to a value.
 *
 * @module
 */

/** Up to which length `JSON.stringify()` can be given a text: V8 ends the program over one of 2^28 bytes. */
export const LONGEST_TEXT: number = 2 ** 27;

/** JSON that becomes the same value again; nothing if the value is not what JSON can say. Never throws. */
export function faithfulJson(value: unknown): string | undefined {
  try {
    return isJson(value, []) ? JSON.stringify(value) : undefined;
  } catch {
    return undefined; // A getter that throws, or more levels than there is room for.
  }
}

/**
 * Whether a value is just what would be read from its JSON.
 *
 * It is looked at before any JSON is made: of a buffer that has a key and a number for each byte.
 */
function isJson(value: unknown, above: object[]): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value === "string") return value.length <= LONGEST_TEXT;
  if (typeof value !== "object") return typeof value === "boolean";
  if (value === null) return true;
  if (above.includes(value)) return false;
  above.push(value);
  const isSo = Array.isArray(value) ? isJsonList(value, above) : isJsonRecord(value, above);
  above.pop();
  return isSo;
}

function isJsonList(list: readonly unknown[], above: object[]): boolean {
  if (Object.getPrototypeOf(list) !== Array.prototype || "toJSON" in list) return false;
  for (let i = 0; i < list.length; i++) if (!isJson(list[i], above)) return false;
  // Beside its items and its length it has nothing.
  return Reflect.ownKeys(list).length === list.length + 1;
}

function isJsonRecord(record: object, above: object[]): boolean {
  if (Object.getPrototypeOf(record) !== Object.prototype || "toJSON" in record) return false;
  let count = 0;
  for (const key in record) {
    if (!isJson((record as Record<string, unknown>)[key], above)) return false;
    count++;
  }
  return Reflect.ownKeys(record).length === count;
}
