/**
 * Values as they lie in a journal.
 *
 * @module
 */

import { faithfulJson } from "../json/faithful_json.ts";
import { fromClone, toClone, type Views } from "./clone_bytes.ts";

/** A value in a column: JSON, where that says it all; the bytes of a structured clone; nothing for `undefined`. */
export type Column = string | Uint8Array | null;

/** How long a text may be that is its own key, in UTF-16 units. */
const KEY_LENGTH = 64;

/**
 * A value for a column.
 *
 * @param views Of what is to be known again, only what they show counts: they are written `alone`.
 * @throws {DOMException} If it cannot be cloned.
 */
export function toColumn(value: unknown, views: Views = "with buffers"): Column {
  if (value === undefined) return null;
  return faithfulJson(value) ?? toClone(value, views);
}

/** The value of a column. */
export function fromColumn(column: Column): unknown {
  if (column === null) return undefined;
  if (typeof column === "string") return JSON.parse(column);
  return fromClone(column);
}

/** What tells a long column from others, as `#` and 32 hexadecimal digits; nothing for one that is short. */
export function digestOf(column: Column): string | null {
  if (column === null || (typeof column === "string" && column.length <= KEY_LENGTH)) return null;
  const { createHash } = process.getBuiltinModule("node:crypto");
  return `#${createHash("sha256").update(column).digest("hex").slice(0, 32)}`;
}

/** What tells a column from others: itself, where it is short. */
export function keyOf(column: Column): string {
  return digestOf(column) ?? (column as string | null) ?? "";
}
