/**
 * The end of a process that runs functions.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { areHeldEmpty } from "../system/pipes.ts";
import { namelessSignal, type ProcessEnd } from "../system/proc.ts";

/** How often it is looked, once a process has ended, who keeps its pipes open, in ms. */
const LOOK_MS = 100;

/** After how many looks with nothing coming a pipe is given up of which it cannot be seen that it is empty. */
const PATIENCE = 50;

/**
 * Calls, again and again, once pipes have been seen to be empty and held by others, and a look has passed since: what
 * was read before has come by then. To be called off by `clearInterval`.
 */
export function onceEmpty(
  pipes: readonly Readable[],
  act: () => void,
): ReturnType<typeof setInterval> {
  let looks = 0;
  let wereEmpty = false;
  return setInterval(() => {
    if (wereEmpty) return act();
    wereEmpty = areHeldEmpty(pipes) ?? ++looks >= PATIENCE;
  }, LOOK_MS);
}

/** What is told of the end of a process, each once. */
interface EndEvents {
  /** It has ended; its pipes may still hold what it wrote. */
  exited(): void;
  /** Its pipes are empty too, or are held by somebody else. They are destroyed. */
  over(end: ProcessEnd): void;
}

/** Waits for the end of a process that was started; gives a way to say whether that keeps this one from its end. */
export function onEnd(
  child: ChildProcess,
  pipes: readonly Readable[],
  events: EndEvents,
): (isHeld: boolean) => void {
  globalThis.removeEventListener("unhandledrejection", forgive);
  globalThis.addEventListener("unhandledrejection", forgive);
  const open = new Set<unknown>([child, ...pipes]);
  let end: ProcessEnd = { code: null, signal: null };
  let reads = 0;
  let drain: ReturnType<typeof setInterval> | undefined;
  const over = () => {
    clearInterval(drain);
    for (const pipe of pipes) pipe.destroy();
    events.over(end);
  };
  const closed = (what: unknown) => {
    if (open.delete(what) && open.size === 0) over();
  };
  const exited = (code: number | null, signal: string | null) => {
    if (!open.has(child)) return;
    clearInterval(look);
    lost.delete(child);
    end = { code, signal };
    events.exited();
    closed(child);
    if (open.size === 0) return;
    // Who is not found may hold a pipe for ever; that nothing comes may only mean that we are late to read it.
    let seen = -1;
    let idle = 0;
    let wereEmpty = false;
    drain = setInterval(() => {
      idle = seen === reads ? idle + 1 : 0;
      seen = reads;
      // What was read before they were empty has come by the next look.
      if (idle > 0 && wereEmpty) over();
      wereEmpty = idle > 0 && (areHeldEmpty(pipes) ?? idle >= PATIENCE);
    }, LOOK_MS);
  };
  // No exit is told of a process that a signal without a name has ended; that of any other may be on its way.
  let isMissed = false;
  const look = setInterval(() => {
    const isGone = !isThere(child.pid);
    if (isGone) lost.add(child);
    if (isMissed && isGone && lost.size <= nameless.length) exited(null, nameless.shift() ?? null);
    isMissed = isGone;
  }, LOOK_MS);
  for (const pipe of pipes) {
    pipe.on("data", () => reads++);
    pipe.on("close", () => closed(pipe));
  }
  child.on("exit", exited);
  return (isHeld) => {
    if (isHeld) child.ref();
    else child.unref();
    if (isHeld) Deno.refTimer(look);
    else Deno.unrefTimer(look);
  };
}

/** Numbers of the signals without a name that have ended processes of which no exit was told yet. */
const nameless: string[] = [];

/** Processes that are gone, and of which no exit was told: as many as such signals, or some are on their way. */
const lost = new Set<ChildProcess>();

/**
 * Deno rejects a promise of its own that nobody can reach when a process was ended by a signal it has no name
 * for, as real-time signals are, and tells of no exit.
 */
function forgive(event: PromiseRejectionEvent): void {
  const number = namelessSignal(event.reason);
  if (number === undefined) return;
  event.preventDefault();
  nameless.push(number);
}

/** Whether there is a process of this id, be it one that has ended and waits to be looked after. */
function isThere(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Says whether these pipes of a process that was started, and its channel, keep this one alive. */
export function holdPipes(
  { channel }: ChildProcess,
  pipes: readonly Readable[],
  isHeld: boolean,
): void {
  // Deno never lets go again of a channel that is held anew when its process is then killed.
  if (!isHeld) channel?.unref();
  // The types of Node do not say that streams can let a process end.
  for (const pipe of pipes as readonly Partial<Pick<ChildProcess, "ref" | "unref">>[]) {
    if (isHeld) pipe.ref?.();
    else pipe.unref?.();
  }
}
