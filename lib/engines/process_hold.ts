/**
 * What keeps this process alive of another that it has started.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";

/** What can let this process end; of the streams the types of Node do not say that they can. */
interface Holding {
  ref?(): void;
  unref?(): void;
}

/** Says whether the pipes of a process that was started keep this one alive. */
export function holdPipes(child: ChildProcess, isHeld: boolean): void {
  // Deno never lets go again of a channel that is held anew when its process is then killed.
  if (!isHeld) child.channel?.unref();
  for (const one of child.stdio) {
    const holding = one as Holding | null | undefined;
    if (isHeld) holding?.ref?.();
    else holding?.unref?.();
  }
}
