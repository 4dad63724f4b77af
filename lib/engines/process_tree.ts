/**
 * The processes that a run has started, whoever their parents and groups are.
 *
 * @module
 */

/** Variables of its environment by which a process is known. */
export type Marks = Readonly<Record<string, string>>;

/** How often it is looked for processes that were started while others were being ended. */
const ROUNDS = 10;

/**
 * Sends a signal to all processes that carry these variables in the environment they were started with, and
 * gives their ids. Who starts a process hands its environment on, so a daemon is found too that has left its
 * parent, its group and its session; one that clears its environment is not.
 *
 * Where there is no `/proc` to look into, these are the roots and their descendants; those whose parents have
 * ended are not found.
 *
 * @param roots The processes that all others come from.
 */
export function signalTree(
  roots: readonly number[],
  marks: Marks,
  signal: Deno.Signal,
): readonly number[] {
  const pids = withMarks(marks) ?? [...roots, ...descendantsOf(roots)];
  return pids.filter((pid) => pid !== Deno.pid && sent(pid, signal));
}

/** Ends all such processes at once. */
export function killTree(roots: readonly number[], marks: Marks): void {
  for (let round = 0; round < ROUNDS; round++) {
    if (signalTree(roots, marks, "SIGKILL").length === 0) return;
  }
}

/** Sends a signal to a process; says whether it was there. */
function sent(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Ids of the processes that carry all of the marks; nothing where that cannot be seen. */
function withMarks(marks: Marks): number[] | undefined {
  const wanted = Object.entries(marks).map(([name, value]) => `\0${name}=${value}\0`);
  try {
    Deno.readTextFileSync("/proc/self/environ");
    return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => {
      const environment = Number.isInteger(pid) ? environmentOf(pid) : "";
      return wanted.every((mark) => environment.includes(mark));
    });
  } catch {
    return undefined;
  }
}

function environmentOf(pid: number): string {
  try {
    return `\0${Deno.readTextFileSync(`/proc/${pid}/environ`)}`;
  } catch {
    return ""; // It has ended, or is somebody else's.
  }
}

/** Ids of the processes below some others, by what `ps` says of parents; none where there is no `ps`. */
export function descendantsOf(roots: readonly number[]): number[] {
  if (roots.length === 0) return [];
  const rows = processRows();
  const found = [...roots];
  for (const parent of found) {
    for (const [pid, ppid] of rows) if (ppid === parent && pid !== undefined) found.push(pid);
  }
  return found.slice(roots.length);
}

function processRows(): number[][] {
  try {
    const { stdout } = new Deno.Command("ps", { args: ["-A", "-o", "pid=,ppid="] }).outputSync();
    return new TextDecoder().decode(stdout).trim().split("\n")
      .map((row) => row.trim().split(/\s+/).map(Number));
  } catch {
    return [];
  }
}
