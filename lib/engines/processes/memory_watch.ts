/**
 * How much memory processes take, and the end of one that takes too much.
 *
 * @module
 */

/** How often it is looked, in ms. */
const LOOK_MS = 100;

/**
 * Looks at the resident memory of a process several times a second, until it is above a limit.
 *
 * What a process takes and gives back between two looks is not seen. Memory that its garbage collector has not
 * yet come to counts. Where there is no `/proc` to look into, nothing is ever too much.
 */
export class MemoryWatch implements Disposable {
  #timer?: ReturnType<typeof setInterval>;

  /** @param onAbove Told once. */
  constructor(pid: number, limitBytes: number, onAbove: () => void) {
    if (!canLook()) return;
    this.#timer = setInterval(() => {
      if ((residentBytes(pid) ?? 0) <= limitBytes) return;
      this[Symbol.dispose]();
      onAbove();
    }, LOOK_MS);
  }

  /** Looks no more: another process may come to have the id of one that is gone. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Bytes of a process that are in memory, those that it shares with others included; nothing if it is gone. */
export function residentBytes(pid: number): number | undefined {
  const { readFileSync } = process.getBuiltinModule("node:fs");
  try {
    // In kB, where the cheaper statm counts pages of a size that only a program of its own would tell.
    const found = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
    return found ? Number(found[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a look asks nobody for leave, and there is something to see. */
function canLook(): boolean {
  const { state } = Deno.permissions.querySync({ name: "read", path: "/proc" });
  return state === "granted" && residentBytes(Deno.pid) !== undefined;
}
