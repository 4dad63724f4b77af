/**
 * The processes that a run has started, whoever their parents and groups are: known by marks in their environment.
 *
 * @module
 */

import { pipesRead, writesTo } from "./pipes.ts";
import { hasEnded, hasSignal, isGranted, statFields, statusText, threadsOf } from "./proc.ts";

/** Variables of its environment by which a process is known. */
export type Marks = Readonly<Record<string, string>>;

/** How often it is looked again at who does not become what it is to be, in vain. */
const MOST_WAITS = 1000;

/** Flags of a process in its `stat`: it is ending, it is a thread of the kernel. */
const EXITING = 0x4;
const KERNEL_THREAD = 0x200000;

/**
 * Ids of the processes that carry all of the marks, without this one; nothing where there is no `/proc` that shows
 * environments.
 *
 * Each is given once, as it is found, and what is started meanwhile is found too: it goes on until nobody at all
 * was started on this system while it looked. So a process that hands over to the next and ends is not missed. Who
 * acts on each at once by SIGKILL or SIGSTOP has all of them in the end, for one that was sent these starts nobody.
 */
function marked(marks: Marks): Iterable<number> | undefined {
  // Who may not look is not to be asked for leave.
  if (!isGranted({ name: "read", path: "/proc" }) || environmentOf("self") === "") return undefined;
  return search(Object.entries(marks).map(([name, value]) => `\0${name}=${value}\0`));
}

function* search(marks: readonly string[]): Generator<number> {
  const found = new Set([Deno.pid]);
  let last = lastStarted();
  let pids = listed();
  const known = new Set(pids);
  let unclear: number[] = [];
  for (let round = 0, waits = 0; pids.length > 0 && waits < MOST_WAITS; round++) {
    const before = unclear;
    unclear = [];
    for (const pid of pids) {
      const isMarked = carries(pid, marks);
      if (isMarked === undefined) unclear.push(pid);
      const leader = isMarked ? leaderOf(pid) : undefined;
      if (leader === undefined || found.has(leader)) continue;
      found.add(leader);
      yield leader;
    }
    const now = lastStarted();
    const isTold = now !== undefined && last !== undefined && now >= last;
    // Who had a number and was not to be seen yet in the first list is to be seen now, or is never. Whoever starts
    // others is looked at before them: so they are there when they are looked at, or will not be.
    const hidden = isTold && round > 0 ? [] : listed().filter((pid) => !known.has(pid));
    const below = last ?? 0;
    const started = isTold ? Array.from({ length: now - below }, (_, i) => below + 1 + i) : [];
    last = now;
    for (const pid of hidden) known.add(pid);
    for (const pid of started) known.add(pid);
    pids = [...unclear, ...hidden, ...started];
    if (unclear.length === 0) continue;
    if (unclear.some((pid) => before.includes(pid))) waits++;
    pause(1);
  }
}

/**
 * Whether a process, or a thread of one, carries all of the marks; nothing as long as that cannot be told, for a
 * process shows no environment for a moment while it becomes another program.
 */
function carries(pid: number | string, marks: readonly string[]): boolean | undefined {
  const environment = environmentOf(pid);
  if (environment === undefined) return false; // It has ended, or is somebody else's.
  if (environment !== "") return marks.every((mark) => environment.includes(mark));
  const stat = statOf(pid);
  if (!stat || (stat.flags & KERNEL_THREAD) !== 0) return false;
  const isEnding = /[ZX]/.test(stat.state) || (stat.flags & EXITING) !== 0;
  // One that shows no environment and has one now was just getting it.
  const hasNone = stat.environmentStart === stat.environmentEnd && stat.environmentEnd !== 0;
  // Not every system that has a `stat` tells all of it.
  const isTold = () => (statOf("self")?.environmentEnd ?? 0) !== 0;
  if (!isEnding) return hasNone || !isTold() ? false : undefined;
  // What its first thread has left may go on in the others.
  if (stat.threads <= 1 || typeof pid === "string") return false;
  try {
    return threadsOf(pid).some((thread) => carries(`${pid}/task/${thread}`, marks));
  } catch {
    return false; // It has ended.
  }
}

/** Room for an environment; a longer one is read in pieces. */
const room = new Uint8Array(2 ** 17);
const text = new TextDecoder();

/**
 * The variables of a process, each behind a NUL; nothing if they cannot be read. They are read at once where there is
 * room: of a process that becomes another program meanwhile the rest would be missing.
 */
function environmentOf(pid: number | string): string | undefined {
  try {
    using file = Deno.openSync(`/proc/${pid}/environ`);
    let all = "";
    for (let count; (count = file.readSync(room)) !== null && count > 0;) {
      all += text.decode(room.subarray(0, count));
      if (count < room.length) break;
    }
    return all === "" ? "" : `\0${all}`;
  } catch (thrown) {
    const isNone = thrown instanceof Deno.errors.NotFound ||
      thrown instanceof Deno.errors.PermissionDenied;
    return isNone && pid !== "self" ? undefined : "";
  }
}

/** What its `stat` tells of a process; nothing if it has ended. */
function statOf(pid: number | string) {
  try {
    const fields = statFields(pid);
    const [flags = 0, threads = 0, environmentStart = 0, environmentEnd = 0] = [6, 17, 47, 48]
      .map((i) => Number(fields[i]));
    // Where its environment begins and ends in its memory is 0 while it has none.
    return { state: fields[0] ?? "", flags, threads, environmentStart, environmentEnd };
  } catch {
    return undefined;
  }
}

/** The process that a thread is of; those that were started last are known by their number only. */
function leaderOf(pid: number): number | undefined {
  try {
    return Number(/^Tgid:\s*(\d+)$/m.exec(statusText(pid))?.[1] ?? pid);
  } catch {
    return undefined;
  }
}

/** All processes, in the order of their numbers. */
function listed(): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isInteger);
}

/** The number of the process or thread that was started last, of all; nothing where that is not told. */
function lastStarted(): number | undefined {
  for (const path of ["/proc/sys/kernel/ns_last_pid", "/proc/loadavg"]) {
    try {
      const number = Number(Deno.readTextFileSync(path).trim().split(" ").at(-1));
      if (Number.isInteger(number) && number > 0) return number;
    } catch {
      // This system has no such file.
    }
  }
  return undefined;
}

/** Holds up all that this thread does. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** How often it is looked for who was started while others were being ended. */
const ROUNDS = 10;

/** How long it is waited for who was killed to be gone, in ms; it does nothing any more as it is. */
const DEATH_MS = 100;

/** How long a process that handles SIGTSTP may take to stop by itself, in ms. */
const MOMENT_MS = 1000;

/** How long it is waited before it is looked again who has stopped, in ms. */
const LOOK_MS = 10;

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
    const found = marked(marks);
    const killed: number[] = [];
    for (const pid of found ?? pidsOf(roots, marks)) {
      if (signalProcess(pid, "SIGKILL")) killed.push(pid);
    }
    if (killed.length === 0) return;
    // Their end is waited for, so that the next look finds others only.
    for (let ms = 0; found && ms < DEATH_MS && !killed.every(hasEnded); ms++) pause(1);
  }
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
  try {
    const { stdout } = new Deno.Command("ps", { args: ["-A", "-o", "pid=,ppid="] }).outputSync();
    const rows = new TextDecoder().decode(stdout).trim().split("\n")
      .map((row) => row.trim().split(/\s+/).map(Number));
    const found = [...roots];
    for (const parent of found) {
      for (const [pid, ppid] of rows) if (ppid === parent && pid !== undefined) found.push(pid);
    }
    return found.slice(roots.length);
  } catch {
    return [];
  }
}
