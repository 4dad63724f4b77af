/**
 * How much memory a program takes, with all that it starts.
 *
 * @module
 */

/** How often the memory of a tree of processes is looked at, in ms. */
const LOOK_MS = 50;

/** Looks at the memory of a process and all below it until it is disposed of. */
export class PeakMemory implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;
  #kib = 0;

  constructor(pid: number) {
    this.#timer = setInterval(() => this.#kib = Math.max(this.#kib, residentOf(pid)), LOOK_MS);
  }

  /** The most resident memory of the whole tree that was seen, in MiB. */
  get mib(): number {
    return Math.round(this.#kib / 1024);
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Resident memory of a process and all below it, in KiB. */
function residentOf(root: number): number {
  const parents = new Map<number, number>();
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    if (pid > 0) parents.set(pid, numberIn(`/proc/${pid}/status`, /^PPid:\s+(\d+)/m));
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (parents.has(pid) && isBelow(parents.get(pid) as number));
  // A child that is about to become another program has the memory of its parent, and none of its own.
  const isItself = (pid: number) =>
    textOf(`/proc/${pid}/cmdline`) !== textOf(`/proc/${parents.get(pid)}/cmdline`);
  return [...parents.keys()].filter(isBelow).filter(isItself)
    .reduce((sum, pid) => sum + numberIn(`/proc/${pid}/status`, /^VmRSS:\s+(\d+)/m), 0);
}

/** A number in a file; 0 if either is gone. */
function numberIn(path: string, pattern: RegExp): number {
  return Number(pattern.exec(textOf(path))?.[1] ?? 0);
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
