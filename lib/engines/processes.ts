/**
 * Functions in Deno processes that are kept for many jobs.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../fault.ts";
import type { ErrorRecord } from "../job.ts";
import { sizeText } from "../sizes.ts";
import { FrameReader, FRAMES_FD, LOST_CODE } from "./frames.ts";
import { MemoryWatch } from "./memory_watch.ts";
import { notStarted } from "./not_started.ts";
import { fromBytes, toBytes } from "./piped.ts";
import { signalGroup } from "./process_group.ts";
import type { Link, LinkEvents } from "./link.ts";
import { SlotsEngine } from "./slots.ts";
import type { SlotsOptions } from "./slots_options.ts";
import { type FromSlot, fromSlot, packed, type Setup, type ToSlot } from "./wire.ts";

/** How long a pipe is read after its process has ended, in ms, with nothing coming. */
const DRAIN_MS = 100;

/** What V8 writes as its last word when its heap is full. */
const HEAP_FULL = /heap out of memory|Fatal JavaScript out of memory/;

/** What a slot takes at the least beside its heap, in MiB. */
const BESIDE_HEAP_MB = 32;

const PERMISSIONS = ["read", "write", "net", "env", "run", "ffi", "sys", "import"] as const;

/** What processes are further told. */
export interface ProcessesOptions extends SlotsOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Absolute folder they run in. @default that of the runner */
  readonly cwd?: string;
  /** Limit of the memory of each. @default what V8 gives a heap, and no limit for all else */
  readonly memoryBytes?: number;
}

/** An engine of Deno processes. Messages have a channel of their own, so stdout stays free. */
export function processes(options: ProcessesOptions): SlotsEngine {
  return new SlotsEngine(options, (setup, events) => openProcess(setup, events, options));
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

function openProcess(setup: Setup, events: LinkEvents, options: ProcessesOptions): Link {
  const [program, ...args] = commandLine(options);
  forgiveNamelessSignals();
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
    serialization: "advanced",
    detached: true,
    cwd: options.cwd,
    env: { ...Deno.env.toObject(), ...options.env, FANFOLD_RUN: options.runId },
  });
  const gone = Promise.withResolvers<void>();
  let at: number | undefined;
  let lastWords = "";
  let isBroken = false;
  let isTooBig = false;
  const kill = () => child.pid !== undefined && signalGroup(child.pid, "SIGKILL");
  const broken = () => {
    isBroken = true;
    kill();
  };
  const { memoryBytes } = options;
  // Not all that takes memory is in the heap: ArrayBuffers and WebAssembly are not.
  const watch = memoryBytes !== undefined && child.pid !== undefined
    ? new MemoryWatch(child.pid, memoryBytes, () => {
      isTooBig = true;
      kill();
    })
    : undefined;
  child.on("exit", () => watch?.[Symbol.dispose]());
  const frames = new FrameReader({
    marked: (index) => {
      at = index;
      events.marked?.();
    },
    message: (bytes) => {
      const message = messageIn(bytes);
      if (message) events.message(message);
      else broken();
    },
    broken,
  });
  child.stdio[FRAMES_FD]?.on("data", (bytes: Uint8Array) => frames.push(bytes));
  child.stdout?.on("data", (bytes: Uint8Array) => events.wrote("stdout", bytes));
  child.stderr?.on("data", (bytes: Uint8Array) => {
    lastWords = (lastWords + new TextDecoder().decode(bytes)).slice(-2000);
    events.wrote("stderr", bytes);
  });
  const over = (error: ErrorRecord) => {
    watch?.[Symbol.dispose]();
    gone.resolve();
    events.gone(error);
  };
  // Of a process that is there, whatever is wrong with its channel shows in how it ends.
  child.on("error", (thrown) => {
    if (child.pid !== undefined) return;
    const { name, message } = notStarted(thrown, [program], options.cwd);
    over({ name, message });
  });
  whenOver(child, (code, signal) => {
    if (isBroken) over(spoilt("wrote into"));
    else if (code === LOST_CODE) over(spoilt("closed"));
    else if (isTooBig) over(outOfMemory(memoryBytes));
    else if (HEAP_FULL.test(lastWords)) over(outOfMemory(limitsHeap() ? memoryBytes : undefined));
    else over(ended(code, signal));
  });
  const send = (message: ToSlot) => {
    const bytes = toBytes(packed(message));
    if (child.connected) child.send(bytes, () => {});
  };
  send(setup);
  return {
    pid: child.pid,
    get at() {
      return at;
    },
    send,
    gone: gone.promise,
    end: () => {
      kill();
      return gone.promise;
    },
  };
}

function messageIn(bytes: Uint8Array): FromSlot | undefined {
  try {
    return fromSlot(fromBytes(bytes));
  } catch {
    return undefined;
  }
}

/** Calls once the process has ended and its pipes are empty, or are held by somebody else. */
function whenOver(
  child: ChildProcess,
  over: (code: number | null, signal: string | null) => void,
): void {
  // One that could not be started has no end.
  if (child.pid === undefined) return;
  const pipes = child.stdio.filter((pipe) => pipe !== null && pipe !== undefined);
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
    over(child.exitCode, child.signalCode);
  };
  const closed = (what: unknown) => {
    if (open.delete(what) && open.size === 0) end();
  };
  for (const pipe of pipes) {
    pipe.on("data", () => reads++);
    pipe.on("close", () => closed(pipe));
  }
  child.on("exit", () => {
    if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
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
 * A program that is a Deno process slot: this Deno with the permissions of this process and the
 * configuration of the function's module, or this very program where it was compiled.
 */
function commandLine({ run, memoryBytes }: ProcessesOptions): [string, ...string[]] {
  if (!limitsHeap()) return [Deno.execPath(), "process-slot"];
  const config = run.module.startsWith("file:")
    ? configAbove(dirname(fileURLToPath(run.module)))
    : undefined;
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    ...(config === undefined ? [] : ["--config", config]),
    ...permissionFlags(),
    ...(memoryBytes === undefined ? [] : [heapFlag(memoryBytes)]),
    new URL("./process_entry.ts", import.meta.url).href,
  ];
}

/** Whether slots take flags: a compiled program has none but its own, not from its environment either. */
function limitsHeap(): boolean {
  return !Deno.build.standalone;
}

/**
 * A limit for the heap at which the whole process is near the limit that it has: V8 collects garbage before
 * it lets a heap grow above its limit, and knows of no other.
 */
function heapFlag(memoryBytes: number): string {
  return `--v8-flags=--max-heap-size=${Math.floor(memoryBytes / 2 ** 20) - BESIDE_HEAP_MB}`;
}

/** The configuration file of Deno in a folder or its nearest parent that has one. */
function configAbove(folder: string): string | undefined {
  for (const name of ["deno.json", "deno.jsonc"]) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : configAbove(parent);
}

/** What this process may do without limit; what it may do in part, a slot may not do at all. */
function permissionFlags(): string[] {
  const states = PERMISSIONS.map((name) => ({
    name,
    isGranted:
      Deno.permissions.querySync({ name } as Deno.PermissionDescriptor).state === "granted",
  }));
  if (states.every(({ isGranted }) => isGranted)) return ["--allow-all"];
  return states.map(({ name, isGranted }) => `--${isGranted ? "allow" : "deny"}-${name}`);
}

/** Whether there is a process of this id, be it one that has ended and waits to be looked after. */
function isThere(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function spoilt(how: string): ErrorRecord {
  return { name: "Channel", message: `its process ${how} the pipe of its slot` };
}

function outOfMemory(memoryBytes?: number): ErrorRecord {
  const limit = memoryBytes === undefined
    ? "the limit of its heap"
    : `its memory limit, ${sizeText(memoryBytes)}`;
  return { name: "OutOfMemory", message: `its process reached ${limit}` };
}

function ended(code: number | null, signal: string | null): ErrorRecord {
  if (code === null && signal === null) {
    return { name: "Signal", message: "its process was killed by a signal that has no name" };
  }
  return signal
    ? { name: "Signal", message: `its process was killed by ${signal}`, fields: { signal } }
    : { name: "Exit", message: `its process ended with exit code ${code}`, fields: { code } };
}
