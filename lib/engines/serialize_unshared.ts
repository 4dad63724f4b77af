/**
 * Messages to where no memory is shared.
 *
 * @module
 */

import { DefaultSerializer } from "node:v8";

/** What it is made of, which the types of Deno leave out. */
interface HostObjects {
  _writeHostObject(view: ArrayBufferView): void;
}

class Unshared extends DefaultSerializer {
  _writeHostObject(view: ArrayBufferView): void {
    if (view.buffer instanceof SharedArrayBuffer) {
      throw new DOMException("#<SharedArrayBuffer> could not be cloned.", "DataCloneError");
    }
    (DefaultSerializer.prototype as unknown as HostObjects)._writeHostObject.call(this, view);
  }
}

/** Serializes a value as `serialize` does, but throws for typed arrays over shared memory, which that copies. */
export function serializeUnshared(value: unknown): Uint8Array {
  const serializer = new Unshared();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}
