/**
 * Whether a process still runs.
 *
 * @module
 */

/** Whether a process that this one has started has ended, be it that nobody has taken note of it yet. */
export function hasEnded(pid: number): boolean {
  return /^[ZX]/.test(stateOf(pid) ?? "Z");
}

function stateOf(pid: number): string | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2);
  } catch (error) {
    if (Deno.build.os === "linux" && error instanceof Deno.errors.NotFound) return undefined;
  }
  try {
    const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] })
      .outputSync();
    return new TextDecoder().decode(stdout).trim() || undefined;
  } catch {
    return "R";
  }
}
