/**
 * The way out to stdout and stderr.
 *
 * @module
 */

import { Fault, messageOf } from "../fault.ts";
import type { WriteAll } from "../output/sink.ts";

export type { WriteAll };

/**
 * Writes all of some bytes to a stream.
 *
 * @param name How the stream is called in a fault.
 * @throws {Deno.errors.BrokenPipe} When its reader has gone.
 * @throws {Fault} Of kind `engine`, for any other reason, such as a full disk.
 */
export function writerTo(stream: Pick<typeof Deno.stdout, "write">, name: string): WriteAll {
  return async (bytes) => {
    try {
      for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
    } catch (thrown) {
      if (thrown instanceof Deno.errors.BrokenPipe) throw thrown;
      const message = `Cannot write to ${name}: ${messageOf(thrown)}`;
      throw new Fault("engine", message, { cause: thrown });
    }
  };
}
