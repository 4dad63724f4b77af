/**
 * The way out to stdout and stderr.
 *
 * @module
 */

import { Fault, messageOf } from "../fault.ts";
import type { WriteAll } from "../output/sink.ts";

export type { WriteAll };

/** Whether stdout and stderr are one terminal. */
export function onOneTerminal(): boolean {
  if (!Deno.stdout.isTerminal() || !Deno.stderr.isTerminal()) return false;
  const { fstatSync } = process.getBuiltinModule("node:fs");
  return fstatSync(1).rdev === fstatSync(2).rdev;
}

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
