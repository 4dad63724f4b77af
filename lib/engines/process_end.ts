/**
 * The end of a process that runs functions.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { messageOf } from "../fault.ts";

/** How long a pipe is read after its process has ended, in ms, with nothing coming. */
const DRAIN_MS = 100;

/** What is told of the end of a process. */
export interface EndEvents {
  /** It has ended; its pipes may still hold what it wrote. Not told where the signal has no name. */
  exited(): void;
  /** Its pipes are empty too, or are held by somebody else. */
  over(code: number | null, signal: string | null): void;
}

/** Tells once how a process has ended that was started; the pipes are destroyed then. */
export function onEnd(child: ChildProcess, pipes: readonly Readable[], events: EndEvents): void {
  forgiveNamelessSignals();
  const open = new Set<unknown>([child, ...pipes]);
  let reads = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  // No exit is told of a process that a signal without a name has ended.
  const silent = setInterval(() => {
    if (open.size === 1 && open.has(child) && !isThere(child.pid)) end();
  }, DRAIN_MS);
  const end = () => {
    clearInterval(timer);
    clearInterval(silent);
    for (const pipe of pipes) pipe.destroy();
    events.over(child.exitCode, child.signalCode);
  };
  const closed = (what: unknown) => {
    if (open.delete(what) && open.size === 0) end();
  };
  for (const pipe of pipes) {
    pipe.on("data", () => reads++);
    pipe.on("close", () => closed(pipe));
  }
  child.on("exit", () => {
    events.exited();
    closed(child);
    if (open.size === 0) return;
    // Who has left the group may hold a pipe for ever.
    let seen = -1;
    timer = setInterval(() => {
      if (seen === reads) end();
      seen = reads;
    }, DRAIN_MS);
  });
}

/**
 * Deno rejects a promise of its own that nobody can reach when a process was ended by a signal it has no name
 * for, as real-time signals are, and tells of no exit.
 */
function forgiveNamelessSignals(): void {
  globalThis.removeEventListener("unhandledrejection", forgive);
  globalThis.addEventListener("unhandledrejection", forgive);
}

function forgive(event: PromiseRejectionEvent): void {
  if (/^Invalid signal: \d+$/.test(messageOf(event.reason))) event.preventDefault();
}

/** Whether there is a process of this id, be it one that has ended and waits to be looked after. */
function isThere(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
