/**
 * The processes that a run has started, whoever their parents and groups are.
 *
 * @module
 */

import { marked, type Marks, pause } from "./marked.ts";
import { pipesRead, writesTo } from "./pipes.ts";
import { hasEnded, hasSignal, statusText } from "./proc.ts";

export type { Marks };

/** How often it is looked for who was started while others were being ended. */
const ROUNDS = 10;

/** How long it is waited for who was killed to be gone, in ms; it does nothing any more as it is. */
const DEATH_MS = 100;

/** How long a process that handles SIGTSTP may take to stop by itself, in ms. */
const MOMENT_MS = 1000;

/** How long it is waited before it is looked again who has stopped, in ms. */
const LOOK_MS = 10;

/** The number of SIGTSTP. */
const SIGTSTP = 20;

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
  return pidsOf(roots, marks).filter((pid) => signalProcess(pid, signal));
}

/** Ends all such processes at once, and those that they start meanwhile. */
export function killTree(roots: readonly number[], marks: Marks): void {
  for (let round = 0; round < ROUNDS; round++) {
    if (killOnce(roots, marks).length === 0) return;
  }
}

/** Ends those that are found in one look, and waits for their end: the next look finds others only. */
function killOnce(roots: readonly number[], marks: Marks): readonly number[] {
  const found = marked(marks);
  if (!found) return signalTree(roots, marks, "SIGKILL");
  const killed: number[] = [];
  for (const pid of found) if (signalProcess(pid, "SIGKILL")) killed.push(pid);
  for (let ms = 0; ms < DEATH_MS && !killed.every(hasEnded); ms++) pause(1);
  return killed;
}

/** Whether one of the processes that carry the marks can write to a pipe that this one reads. */
export function holdsPipe(marks: Marks): boolean {
  const found = marked(marks);
  const pipes = found && pipesRead();
  if (!pipes) return false;
  const ours = new Set(pipes.values());
  return [...found].some((pid) => writesTo(pid, ours));
}

/**
 * Stops all such processes until they are sent SIGCONT. Those that handle SIGTSTP, another fanfold for
 * example, are asked with it, and have a moment to do what they do then; where there is no `/proc`, nobody
 * is asked. Until it returns nothing else happens in this process, so that nobody is started unseen.
 *
 * @returns Whether some were stopped that had not come to an end with what they do on SIGTSTP: they may stop
 * themselves when they go on.
 */
export function stopTree(roots: readonly number[], marks: Marks): boolean {
  const asked = pidsOf(roots, marks).filter((pid) =>
    handlesStops(pid) && signalProcess(pid, "SIGTSTP")
  );
  const end = performance.now() + MOMENT_MS;
  while (asked.some(handlesStops) && performance.now() < end) pause(LOOK_MS);
  const areCut = asked.some(handlesStops);
  const stopped = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const before = stopped.size;
    const found = marked(marks) ?? pidsOf(roots, marks);
    for (const pid of found) if (signalProcess(pid, "SIGSTOP")) stopped.add(pid);
    if (stopped.size === before) break;
  }
  return areCut;
}

/** Ids of the processes that carry the marks, or are known by the roots, without this one. */
function pidsOf(roots: readonly number[], marks: Marks): number[] {
  const pids = marked(marks) ?? [...roots, ...descendantsOf(roots)];
  return [...pids].filter((pid) => pid !== Deno.pid);
}

/** Whether a process handles SIGTSTP and is not stopped. */
function handlesStops(pid: number): boolean {
  try {
    const status = statusText(pid);
    return !/^State:\s*T/m.test(status) && hasSignal(status, "SigCgt", SIGTSTP);
  } catch {
    return false;
  }
}

/** Sends a signal to a process; says whether it was there. */
export function signalProcess(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(pid, signal);
    return true;
  } catch {
    return false;
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
