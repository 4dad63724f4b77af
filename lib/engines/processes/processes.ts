/**
 * Functions in Deno processes that are kept for many jobs.
 *
 * @module
 */

import type { ErrorRecord, Task } from "../../job.ts";
import type { EngineRun } from "../engine.ts";
import { sizeText } from "../../text/sizes.ts";
import { newDivision } from "../carry/divided.ts";
import { MemoryWatch } from "./memory_watch.ts";
import { notStarted, refuseVariables } from "../commands/not_started.ts";
import { endInWords, holdPipes, onEnd, type ProcessEnd } from "./process_end.ts";
import { LOST_CODE, toPieces } from "../carry/frames.ts";
import { processLine, takesFlags } from "./process_line.ts";
import type { Link, LinkEvents, OpenLink } from "../kept/link.ts";
import { channelTo } from "./runner_channel.ts";
import { SlotsEngine, type SlotsOptions } from "../kept/slots_engine.ts";
import { type SlotSays, Written } from "./written.ts";
import { BROKEN, BROKEN_CODE, packed, type Setup, type ToSlot } from "../carry/wire.ts";

/** What V8 writes as its last word when its heap is full. */
const HEAP_FULL = /heap out of memory|Fatal JavaScript out of memory/;

/** What a slot takes at the least beside its heap, in MiB. */
const BESIDE_HEAP_MB = 32;

/** An engine of Deno processes. Messages have a channel of their own, so stdout stays free. */
export function processes(task: Task, run: EngineRun, options?: SlotsOptions): SlotsEngine {
  const open: OpenLink = (setup, events) => openProcess(setup, events, task, run);
  return new SlotsEngine(task, run, open, options);
}

function openProcess(
  setup: Setup,
  events: LinkEvents,
  { cwd, env, memoryBytes }: Task,
  { start }: EngineRun,
): Link {
  // They take longer to load than a small run has, and most runs have no process of Deno.
  const { spawn } = process.getBuiltinModule("node:child_process");
  const { Readable } = process.getBuiltinModule("node:stream");
  const flags = memoryBytes === undefined ? [] : [heapFlag(memoryBytes)];
  const [program, ...args] = processLine("process-slot", setup.run.module, flags);
  refuseVariables(env);
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
    serialization: "advanced",
    detached: true,
    cwd: cwd ?? start?.cwd,
    env: {
      ...(start?.env()?.variables ?? Deno.env.toObject()),
      ...env,
      FANFOLD_RUN: setup.runId,
    },
  });
  const gone = Promise.withResolvers<void>();
  let at: number | undefined;
  let startedAt = 0;
  let lastWords = "";
  let isBroken = false;
  let isTooBig = false;
  const kill = () => child.pid !== undefined && signalGroup(child.pid, "SIGKILL");
  const broken = () => {
    isBroken = true;
    kill();
  };
  // Not all that takes memory is in the heap: ArrayBuffers and WebAssembly are not.
  const watch = memoryBytes !== undefined && child.pid !== undefined
    ? new MemoryWatch(child.pid, memoryBytes, () => {
      isTooBig = true;
      kill();
    })
    : undefined;
  child.on("exit", () => watch?.[Symbol.dispose]());
  const division = newDivision();
  const written = new Written(child, division, {
    wrote: (stream, bytes, index) => {
      if (stream === "stderr") {
        lastWords = (lastWords + new TextDecoder().decode(bytes)).slice(-2000);
      }
      if (index === undefined) divide();
      events.wrote(stream, bytes, index);
    },
    tell: (said) => {
      if (typeof said === "object") return void events.message(said);
      at = said;
      startedAt = Date.now();
      events.marked?.();
    },
  });
  const hear = (said: SlotSays) => written.hear(said);
  const sendPieces = channelTo(child, { message: hear, marked: hear, broken }, division);
  const over = (error: ErrorRecord) => {
    watch?.[Symbol.dispose]();
    written.giveUp();
    gone.resolve();
    events.gone(error);
  };
  // Of a process that is there, whatever is wrong with its channel shows in how it ends.
  child.on("error", (thrown) => {
    if (child.pid !== undefined) return;
    const { name, message } = notStarted(thrown, [program], { cwd });
    over({ name, message });
  });
  const told = (end: ProcessEnd) => {
    if (end.code === BROKEN_CODE) events.message(BROKEN);
    if (isBroken) over(spoilt("wrote into"));
    else if (end.code === LOST_CODE) over(spoilt("closed"));
    else if (isTooBig) over(outOfMemory(memoryBytes));
    else if (HEAP_FULL.test(lastWords)) over(outOfMemory(takesFlags() ? memoryBytes : undefined));
    else over(endInWords(end));
  };
  const pipes = child.stdio.filter((pipe) => pipe instanceof Readable);
  const awaited = child.pid === undefined
    ? undefined
    : onEnd(child, pipes, { exited: kill, over: told });
  const send = (message: ToSlot) => sendPieces(toPieces(packed(message)));
  let isDivided = false;
  const divide = () => {
    if (!isDivided) send({ kind: "divide" });
    isDivided = true;
  };
  const hold = (isHeld: boolean) => {
    holdPipes(child, pipes, isHeld);
    if (isHeld) awaited?.ref();
    else awaited?.unref();
  };
  send(setup);
  return {
    pid: child.pid,
    get at() {
      return at;
    },
    get startedAt() {
      return startedAt;
    },
    send,
    gone: gone.promise,
    hold,
    end: () => {
      hold(true);
      kill();
      return gone.promise;
    },
  };
}

/**
 * A limit for the heap at which the whole process is near the limit that it has: V8 collects garbage before
 * it lets a heap grow above its limit, and knows of no other.
 */
function heapFlag(memoryBytes: number): string {
  return `--v8-flags=--max-heap-size=${Math.floor(memoryBytes / 2 ** 20) - BESIDE_HEAP_MB}`;
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

/** Sends a signal to all processes of a group, which was started detached; says whether there was any. */
function signalGroup(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(Deno.build.os === "windows" ? pid : -pid, signal);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof TypeError) return false;
    throw thrown;
  }
}
