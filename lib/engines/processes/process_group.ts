/**
 * Process groups: a process that was started detached, and all that it started.
 *
 * @module
 */

/** Sends a signal to all processes of a group; says whether there was any. */
export function signalGroup(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(Deno.build.os === "windows" ? pid : -pid, signal);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof TypeError) return false;
    throw thrown;
  }
}
