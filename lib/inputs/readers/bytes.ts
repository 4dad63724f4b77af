/**
 * Where the bytes of a source come from.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { type Origin, originOf } from "../unreadable.ts";

/** Bytes that can be read, from a file or from stdin. */
export interface Bytes {
  /** How faults name the place. */
  readonly origin: Origin;
  /** Opens them; what it throws is for {@linkcode unreadable}. */
  readonly open: () => Promise<ReadableStream<Uint8Array>>;
}

/**
 * The bytes of a file, or of stdin where there is no path; stdin can be opened once.
 *
 * @param stdin Called when stdin is opened.
 */
export function bytesOf(
  path: string | undefined,
  stdin: () => ReadableStream<Uint8Array>,
): Bytes {
  if (path !== undefined) {
    return { origin: originOf(path), open: async () => (await Deno.open(path)).readable };
  }
  const open = () => {
    const bytes = stdin();
    if (bytes.locked) throw new Fault("input", "Cannot read inputs from stdin: it is read already");
    return Promise.resolve(bytes);
  };
  return { origin: { phrase: "from stdin", file: "stdin" }, open };
}
