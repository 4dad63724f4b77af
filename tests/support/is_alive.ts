/**
 * Whether processes that a test has started have ended.
 *
 * @module
 */

/** Whether a process is there; one that has ended and waits for its parent is not. */
export function isAlive(pid: number): boolean {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] })
    .outputSync();
  const state = new TextDecoder().decode(stdout).trim();
  return state !== "" && !state.startsWith("Z");
}
