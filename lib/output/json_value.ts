/**
 * Any value as JSON.
 *
 * @module
 */

/** `JSON.rawJSON`, which the types of the language do not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * A value as one line of JSON.
 *
 * What JSON has no form for becomes: `undefined`, functions, symbols, NaN and the infinities `null`;
 * a bigint its digits; a Map an object if all its keys are strings, otherwise a list of pairs; a Set
 * and a typed array a list; an ArrayBuffer a list of its bytes; an Error its name, message and cause;
 * what refers to itself `"[Circular]"`. Never throws.
 */
export function toJson(value: unknown): string {
  const plain = isPlain(value) ? tryJson(value) : undefined;
  return plain ?? tryJson(convert(value, [])) ?? "null";
}

function tryJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Whether JSON knows the type; a look, so that the common case costs nothing. */
function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean" ||
    value === null;
}

function convert(value: unknown, above: readonly object[]): unknown {
  if (typeof value === "bigint") return rawJSON(String(value));
  if (typeof value === "function" || typeof value === "symbol" || value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return "[Circular]";
  const inside = [...above, value];
  const child = (item: unknown) => convert(item, inside);
  if (Array.isArray(value)) return Array.from(value, child);
  if (value instanceof Map) return fromMap(value, child);
  if (value instanceof Set) return [...value].map(child);
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (ArrayBuffer.isView(value)) return fromView(value, child);
  if (value instanceof Error) return fromError(value, child);
  if ("toJSON" in value && typeof value.toJSON === "function") return fromToJson(value, child);
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => [
      key,
      child(item),
    ]),
  );
}

type Convert = (value: unknown) => unknown;

function fromMap(map: Map<unknown, unknown>, child: Convert): unknown {
  const entries = [...map].map(([key, value]) => [key, child(value)] as const);
  return entries.every(([key]) => typeof key === "string")
    ? Object.fromEntries(entries)
    : entries.map(([key, value]) => [child(key), value]);
}

function fromView(view: ArrayBufferView, child: Convert): unknown {
  const list = view instanceof DataView
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : view as unknown as Iterable<unknown>;
  return Array.from(list as Iterable<unknown>, child);
}

function fromError({ name, message, cause }: Error, child: Convert): unknown {
  return { name, message, ...(cause === undefined ? {} : { cause: child(cause) }) };
}

function fromToJson(value: object, child: Convert): unknown {
  try {
    return child((value as { toJSON(): unknown }).toJSON());
  } catch {
    return null;
  }
}
