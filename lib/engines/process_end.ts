/**
 * The end of a process that runs functions.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { messageOf } from "../fault.ts";
import type { ErrorRecord } from "../job.ts";

/** How long a pipe is read after its process has ended, in ms, with nothing coming. */
export const DRAIN_MS = 100;

/** How a process has ended: with a code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  /** Its name, or its number where it has none, as real-time signals do; nothing if that was not told. */
  readonly signal: string | null;
}

/** What is told of the end of a process, each once. */
export interface EndEvents {
  /** It has ended; its pipes may still hold what it wrote. */
  exited(): void;
  /** Its pipes are empty too, or are held by somebody else. They are destroyed. */
  over(end: ProcessEnd): void;
}

/** A process that is waited for, which keeps this one from its end or does not. */
export interface Awaited {
  ref(): void;
  unref(): void;
}

/** Waits for the end of a process that was started. */
export function onEnd(
  child: ChildProcess,
  pipes: readonly Readable[],
  events: EndEvents,
): Awaited {
  forgiveNamelessSignals();
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
    end = { code, signal };
    events.exited();
    closed(child);
    if (open.size === 0) return;
    // Who is not found may hold a pipe for ever.
    let seen = -1;
    drain = setInterval(() => {
      if (seen === reads) over();
      seen = reads;
    }, DRAIN_MS);
  };
  // No exit is told of a process that a signal without a name has ended; that of any other may be on its way.
  let isMissed = false;
  const look = setInterval(() => {
    const isLost = !isThere(child.pid);
    if (isMissed && isLost) exited(null, lastNameless);
    isMissed = isLost;
  }, DRAIN_MS);
  for (const pipe of pipes) {
    pipe.on("data", () => reads++);
    pipe.on("close", () => closed(pipe));
  }
  child.on("exit", exited);
  return {
    ref: () => {
      child.ref();
      Deno.refTimer(look);
    },
    unref: () => {
      child.unref();
      Deno.unrefTimer(look);
    },
  };
}

/** Number of the last signal without a name that has ended a process. */
let lastNameless: string | null = null;

/**
 * Deno rejects a promise of its own that nobody can reach when a process was ended by a signal it has no name
 * for, as real-time signals are, and tells of no exit.
 */
function forgiveNamelessSignals(): void {
  globalThis.removeEventListener("unhandledrejection", forgive);
  globalThis.addEventListener("unhandledrejection", forgive);
}

function forgive(event: PromiseRejectionEvent): void {
  const [, number] = /^Invalid signal: (\d+)$/.exec(messageOf(event.reason)) ?? [];
  if (number === undefined) return;
  event.preventDefault();
  lastNameless = number;
}

/** Whether there is a process of this id, be it one that has ended and waits to be looked after. */
function isThere(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The end of a process in words. */
export function endInWords({ code, signal }: ProcessEnd): ErrorRecord {
  if (signal !== null) {
    const name = /^\d/.test(signal) ? `signal ${signal}` : signal;
    return { name: "Signal", message: `its process was killed by ${name}`, fields: { signal } };
  }
  return code === null
    ? { name: "Signal", message: "its process was killed by a signal that has no name" }
    : { name: "Exit", message: `its process ended with exit code ${code}`, fields: { code } };
}
