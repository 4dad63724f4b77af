/**
 * Values as they lie in a journal.
 *
 * @module
 */

import { faithfulJson } from "../json/faithful_json.ts";
import { sha256 } from "../text/digest.ts";
import { type ToldException, toldOf, withExceptions } from "../clones/clone_bytes.ts";
import { changeWithin } from "../clones/within.ts";

/** A value in a column: JSON, where that says it all; the bytes of a structured clone; nothing for `undefined`. */
export type Column = string | Uint8Array | null;

/** How long a text may be that is its own key, in UTF-16 units. */
const KEY_LENGTH = 64;

/**
 * A value for a column.
 *
 * @param views Of what is to be known again, only what they show counts: they are written `alone`.
 * @throws {DOMException} If it cannot be cloned, or only within this process, as a blob.
 */
export function toColumn(value: unknown, views: Views = "with buffers"): Column {
  if (value === undefined) return null;
  return faithfulJson(value) ?? toClone(value, views);
}

/** The value of a column, with no buffer in it that belongs to the bytes. */
export function fromColumn(column: Column): unknown {
  if (column === null) return undefined;
  if (typeof column === "string") return JSON.parse(column);
  if (column[0] !== WITH_EXCEPTIONS) return deserialized(column);
  const { value, errors, told } = deserialized(column.subarray(1)) as WithExceptions;
  return withExceptions(value, errors, told);
}

/** What tells a long column from others, as `#` and 32 hexadecimal digits; nothing for one that is short. */
export function digestOf(column: Column): string | null {
  if (column === null || (typeof column === "string" && column.length <= KEY_LENGTH)) return null;
  return `#${sha256(column).slice(0, 32)}`;
}

/** What tells a column from others: itself, where it is short. */
export function keyOf(column: Column): string {
  return digestOf(column) ?? (column as string | null) ?? "";
}

/** A first byte that says that there are exceptions of the platform in it; clones begin with another. */
const WITH_EXCEPTIONS = 0xDE;

/** What V8 can write of itself, as `Object.prototype.toString` tells it; of others it would leave an empty object. */
const KEPT =
  /^\[object (?:Object|Map|Set|Date|RegExp|Error|Number|String|Boolean|BigInt|(?:Shared)?ArrayBuffer|DataView|\w*Array)\]$/;

const EXCEPTION = "[object DOMException]";

/** What bytes with exceptions are a clone of: V8 makes an error of each, which is the same wherever it stands. */
interface WithExceptions {
  readonly value: unknown;
  readonly errors: readonly unknown[];
  readonly told: readonly ToldException[];
}

/** How a view of a buffer is written: with all of its buffer, which others may share, or alone. */
type Views = "with buffers" | "alone";

function toClone(value: unknown, views: Views): Uint8Array {
  const errors: DOMException[] = [];
  changeWithin(value, (each) => {
    const tag = Object.prototype.toString.call(each);
    if (tag === EXCEPTION) errors.push(each as DOMException);
    else if (!KEPT.test(tag)) {
      throw new DOMException(`${tag} cannot be kept`, "DataCloneError");
    }
    return each;
  });
  if (errors.length === 0) return serialized(value, views);
  const told = errors.map(toldOf);
  const bytes = serialized({ value, errors, told } satisfies WithExceptions, views);
  const marked = new Uint8Array(bytes.length + 1);
  marked[0] = WITH_EXCEPTIONS;
  marked.set(bytes, 1);
  return marked;
}

function serialized(value: unknown, views: Views): Uint8Array {
  const { DefaultSerializer, Serializer } = process.getBuiltinModule("node:v8");
  const serializer = views === "alone" ? new DefaultSerializer() : new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function deserialized(bytes: Uint8Array): unknown {
  const { DefaultDeserializer } = process.getBuiltinModule("node:v8");
  const deserializer = new DefaultDeserializer(bytes) as unknown as Deserializer;
  const read = deserializer._readHostObject.bind(deserializer);
  // A view that was written alone would be read as one of all these bytes.
  deserializer._readHostObject = () => {
    const view = read() as Uint8Array;
    const { buffer, byteOffset, byteLength } = view;
    const own = buffer.slice(byteOffset, byteOffset + byteLength);
    return new (view.constructor as new (buffer: ArrayBufferLike) => unknown)(own);
  };
  deserializer.readHeader();
  return deserializer.readValue();
}

/** A deserializer as Node documents it; the types leave out a part. */
interface Deserializer {
  _readHostObject(): unknown;
  readHeader(): boolean;
  readValue(): unknown;
}
