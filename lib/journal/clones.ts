/**
 * Structured clones as bytes.
 *
 * @module
 */

/** A first byte that says that there are exceptions of the platform in it; clones begin with another. */
const WITH_EXCEPTIONS = 0xDE;

/** What V8 can write of itself, as `Object.prototype.toString` tells it; of others it would leave an empty object. */
const KEPT =
  /^\[object (?:Object|Map|Set|Date|RegExp|Error|Number|String|Boolean|BigInt|(?:Shared)?ArrayBuffer|DataView|\w*Array)\]$/;

const EXCEPTION = "[object DOMException]";

/** What tells an exception from others. */
type Told = readonly [message: string, name: string, stack: string | undefined];

/** What bytes with exceptions are a clone of: V8 makes an error of each, which is the same wherever it stands. */
interface WithExceptions {
  readonly value: unknown;
  readonly errors: readonly unknown[];
  readonly told: readonly Told[];
}

/** How a view of a buffer is written: with all of its buffer, which others may share, or alone. */
export type Views = "with buffers" | "alone";

/**
 * The bytes of a structured clone.
 *
 * @throws {DOMException} If the value cannot be cloned, or only within this process, as a blob.
 */
export function toClone(value: unknown, views: Views): Uint8Array {
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
  const told = errors.map(({ message, name, stack }): Told => [message, name, stack]);
  const bytes = serialized({ value, errors, told } satisfies WithExceptions, views);
  const marked = new Uint8Array(bytes.length + 1);
  marked[0] = WITH_EXCEPTIONS;
  marked.set(bytes, 1);
  return marked;
}

/** What was cloned, with no buffer in it that belongs to the bytes. */
export function fromClone(bytes: Uint8Array): unknown {
  if (bytes[0] !== WITH_EXCEPTIONS) return deserialized(bytes);
  const { value, errors, told } = deserialized(bytes.subarray(1)) as WithExceptions;
  const exceptions = new Map(errors.map((error, i) => [error, exceptionOf(told[i] as Told)]));
  return changeWithin(value, (each) => exceptions.get(each) ?? each);
}

function exceptionOf([message, name, stack]: Told): DOMException {
  const exception = new DOMException(message, name);
  if (stack !== undefined) exception.stack = stack;
  return exception;
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

/**
 * Has every object within a value looked at, and another put in its place where one is given; gives what takes the
 * place of the value itself.
 */
function changeWithin(value: unknown, change: (each: object) => unknown): unknown {
  const seen = new Set<object>();
  const left: object[] = [];
  const changed = (each: unknown) => {
    if (typeof each !== "object" || each === null || seen.has(each)) return each;
    const now = change(each);
    if (now !== each) return now;
    seen.add(each);
    left.push(each);
    return each;
  };
  const root = changed(value);
  for (let each; (each = left.pop()) !== undefined;) {
    if (each instanceof Map) {
      const entries = [...each].map(([key, item]) => [key, changed(key), item, changed(item)]);
      if (entries.some(([a, b, c, d]) => a !== b || c !== d)) {
        each.clear();
        for (const [, key, , item] of entries) each.set(key, item);
      }
    } else if (each instanceof Set) {
      const items = [...each].map((item) => [item, changed(item)]);
      if (items.some(([a, b]) => a !== b)) {
        each.clear();
        for (const [, item] of items) each.add(item);
      }
    } else if (!ArrayBuffer.isView(each)) {
      const keys = each instanceof Error ? ["cause"] : Object.keys(each);
      for (const key of keys) {
        const item = Reflect.get(each, key);
        const now = changed(item);
        if (now !== item) Reflect.set(each, key, now);
      }
    }
  }
  return root;
}
