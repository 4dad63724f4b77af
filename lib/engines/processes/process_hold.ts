/**
 * What keeps this process alive of another that it has started.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

/** What can let this process end; the types of Node do not say that streams can. */
interface Holding {
  ref?(): void;
  unref?(): void;
}

/** Says whether these pipes of a process that was started, and its channel, keep this one alive. */
export function holdPipes(
  { channel }: ChildProcess,
  pipes: readonly Readable[],
  isHeld: boolean,
): void {
  // Deno never lets go again of a channel that is held anew when its process is then killed.
  if (!isHeld) channel?.unref();
  for (const pipe of pipes as readonly Holding[]) {
    if (isHeld) pipe.ref?.();
    else pipe.unref?.();
  }
}
