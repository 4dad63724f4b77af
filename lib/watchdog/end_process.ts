/**
 * How a thread ends the process that it is in.
 *
 * @module
 */

/** The library that has `_exit`, on each system. */
const LIBRARIES: Partial<Record<typeof Deno.build.os, readonly string[]>> = {
  linux: ["libc.so.6", "libc.so"],
  darwin: ["libSystem.dylib"],
  windows: ["ucrtbase.dll"],
};

/**
 * Ends this process at once, from any of its threads: in a Worker, `Deno.exit` ends the Worker alone. Where no
 * library may be called the process is killed, so that its exit code is that of SIGKILL; where that is not allowed
 * either, it goes on.
 */
export function endProcess(code: number): void {
  for (const path of isAllowed("ffi") ? LIBRARIES[Deno.build.os] ?? [] : []) {
    try {
      Deno.dlopen(path, { _exit: { parameters: ["i32"], result: "void" } }).symbols._exit(code);
    } catch {
      // It is not there.
    }
  }
  if (isAllowed("run")) Deno.kill(Deno.pid, "SIGKILL");
}

/** Nobody is to be asked now. */
function isAllowed(name: "ffi" | "run"): boolean {
  return Deno.permissions.querySync({ name }).state === "granted";
}
