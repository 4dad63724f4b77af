/**
 * How a thread ends the process that it is in.
 *
 * @module
 */

import { openLibc } from "../engines/system/libc.ts";

/**
 * Ends this process at once, from any of its threads: in a Worker, `Deno.exit` ends the Worker alone. Where no
 * library may be called the process is killed, so that its exit code is that of SIGKILL; where that is not allowed
 * either, it goes on.
 */
export function endProcess(code: number): void {
  openLibc({ _exit: { parameters: ["i32"], result: "void" } })?.symbols._exit(code);
  // Nobody is to be asked now.
  if (Deno.permissions.querySync({ name: "run" }).state === "granted") {
    Deno.kill(Deno.pid, "SIGKILL");
  }
}
