/**
 * Functions in Deno processes that are kept for many jobs.
 *
 * @module
 */

import type { ErrorRecord, Task } from "../../job.ts";
import type { EngineRun } from "../engine.ts";
import { sizeText } from "../../text/sizes.ts";
import { Divided, newDivision, type Wrote } from "../carry/divided.ts";
import { notStarted, refuseVariables } from "../commands/not_started.ts";
import { holdPipes, onceEmpty, onEnd } from "./process_end.ts";
import { endInWords, isGranted, type ProcessEnd, statusText } from "../system/proc.ts";
import { LOST_CODE, toPieces } from "../carry/frames.ts";
import { ProcessFlags } from "../carry/process_flags.ts";
import { processLine, takesFlags } from "./process_line.ts";
import { slotVariables, withOwnVariables } from "./slot_environment.ts";
import type { Link, LinkEvents, OpenLink } from "../kept/link.ts";
import { channelTo } from "./runner_channel.ts";
import { SlotsEngine, type SlotsOptions } from "../kept/slots_engine.ts";
import {
  BROKEN,
  BROKEN_CODE,
  type FromSlot,
  packed,
  type Setup,
  type ToSlot,
} from "../carry/wire.ts";
import type { ChildProcess } from "node:child_process";

/** What V8 writes as its last word when its heap is full. */
const HEAP_FULL = /heap out of memory|Fatal JavaScript out of memory/;

/** What a slot takes at the least beside its heap, in MiB. */
const BESIDE_HEAP_MB = 32;

/**
 * Whether processes mark their jobs in memory, as Workers do: not where it is to be heard of when each starts, and not
 * where functions are held to permissions, as it takes some.
 */
export function marksInMemory(
  { timeout, permissions }: Pick<Task, "timeout" | "permissions">,
): boolean {
  return timeout === undefined && permissions === undefined && ProcessFlags.areThere;
}

/** An engine of Deno processes. Messages have a channel of their own, so stdout stays free. */
export function processes(task: Task, run: EngineRun, options?: SlotsOptions): SlotsEngine {
  const open: OpenLink = (setup, events) => openProcess(setup, events, task, run);
  return new SlotsEngine(task, run, open, options);
}

function openProcess(
  setup: Setup,
  events: LinkEvents,
  task: Task,
  { start, learning }: EngineRun,
): Link {
  const { cwd, env, memoryBytes } = task;
  const { run, init } = setup;
  // They take longer to load than a small run has, and most runs have no process of Deno.
  const { spawn } = process.getBuiltinModule("node:child_process");
  const { Readable } = process.getBuiltinModule("node:stream");
  // The whole process is near its limit when the heap is full: V8 collects garbage before it lets a heap grow above
  // its limit, and knows of no other.
  const heapMb = memoryBytes && Math.floor(memoryBytes / 2 ** 20) - BESIDE_HEAP_MB;
  const learns = learning?.slot(task.name);
  const heapFlags = heapMb === undefined ? [] : [`--v8-flags=--max-heap-size=${heapMb}`];
  const flags = [...heapFlags, ...learns?.flags ?? []];
  const permissions = task.permissions && withOwnVariables(task.permissions, env);
  const options = { flags, permissions, init: init?.module };
  const [program, ...args] = processLine(
    learns ? "learning-slot" : "process-slot",
    run.module,
    options,
  );
  refuseVariables(env);
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
    serialization: "advanced",
    detached: true,
    cwd: cwd ?? start?.cwd,
    env: {
      ...slotVariables(task, start),
      ...learns?.env,
      FANFOLD_RUN: setup.runId,
    },
  });
  const gone = Promise.withResolvers<void>();
  let at: number | undefined;
  let startedAt = 0;
  let lastWords = "";
  let isBroken = false;
  let isTooBig = false;
  const kill = () => child.pid !== undefined && killGroup(child.pid);
  const broken = () => {
    isBroken = true;
    kill();
  };
  // Not all that takes memory is in the heap: ArrayBuffers and WebAssembly are not.
  const lookNoMore = memoryBytes !== undefined && child.pid !== undefined
    ? watchMemory(child.pid, memoryBytes, () => {
      isTooBig = true;
      kill();
    })
    : () => {};
  child.on("exit", lookNoMore);
  const division = newDivision();
  const marks = marksInMemory(task) ? ProcessFlags.open() : undefined;
  const wrote: Wrote = (stream, bytes, index) => {
    if (stream === "stderr") {
      lastWords = (lastWords + new TextDecoder().decode(bytes)).slice(-2000);
    }
    if (index === undefined) divide();
    events.wrote(stream, bytes, index);
  };
  const { hear, giveUp } = behindOutput(child, division, wrote, (said) => {
    if (typeof said === "object") return void events.message(said);
    at = said;
    startedAt = Date.now();
    events.marked?.();
  });
  const sendPieces = channelTo(child, { message: hear, marked: hear, broken }, {
    division,
    flagsAt: marks?.path,
  });
  const over = (error: ErrorRecord, isLate = false) => {
    lookNoMore();
    marks?.[Symbol.dispose]();
    giveUp();
    gone.resolve();
    events.gone(error, isLate);
  };
  // Of a process that is there, whatever is wrong with its channel shows in how it ends.
  child.on("error", (thrown) => {
    if (child.pid !== undefined) return;
    const { name, message } = notStarted(thrown, [program], { cwd });
    over({ name, message });
  });
  const told = (end: ProcessEnd) => {
    if (end.code === BROKEN_CODE) events.message(BROKEN);
    // By then it may have been at another job than the one that did it.
    const isLate = marks?.last !== undefined;
    if (isBroken) over(spoilt("wrote into"), isLate);
    else if (end.code === LOST_CODE) over(spoilt("closed"), isLate);
    else if (isTooBig) over(outOfMemory(memoryBytes));
    else if (HEAP_FULL.test(lastWords)) over(outOfMemory(takesFlags() ? memoryBytes : undefined));
    else over(endInWords("its process", end));
  };
  const pipes = child.stdio.filter((pipe) => pipe instanceof Readable);
  const holdProcess = child.pid === undefined
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
    holdProcess?.(isHeld);
  };
  send(setup);
  return {
    pid: child.pid,
    get at() {
      return (marks?.last ?? { at }).at;
    },
    get startedAt() {
      return (marks?.last ?? { startedAt }).startedAt;
    },
    get flags() {
      return marks?.taken;
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

function spoilt(how: string): ErrorRecord {
  return { name: "Channel", message: `its process ${how} the pipe of its slot` };
}

function outOfMemory(memoryBytes?: number): ErrorRecord {
  const limit = memoryBytes === undefined
    ? "the limit of its heap"
    : `its memory limit, ${sizeText(memoryBytes)}`;
  return { name: "OutOfMemory", message: `its process reached ${limit}` };
}

/** Kills all processes of a group, which was started detached. */
function killGroup(pid: number): void {
  try {
    Deno.kill(Deno.build.os === "windows" ? pid : -pid, "SIGKILL");
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound || thrown instanceof TypeError)) throw thrown;
  }
}

/** How often it is looked how much memory a process takes, in ms. */
const MEMORY_LOOK_MS = 100;

/**
 * Looks at the resident memory of a process several times a second, until it is above a limit.
 *
 * What a process takes and gives back between two looks is not seen. Memory that its garbage collector has not
 * yet come to counts. Where there is no `/proc` to look into, nothing is ever too much.
 *
 * @param onAbove Told once.
 * @returns Looks no more: another process may come to have the id of one that is gone.
 */
export function watchMemory(pid: number, limitBytes: number, onAbove: () => void): () => void {
  // A look is to ask nobody for leave.
  const mayLook = isGranted({ name: "read", path: "/proc" });
  if (!mayLook || residentBytes(Deno.pid) === undefined) return () => {};
  const timer = setInterval(() => {
    if ((residentBytes(pid) ?? 0) <= limitBytes) return;
    clearInterval(timer);
    onAbove();
  }, MEMORY_LOOK_MS);
  return () => clearInterval(timer);
}

/** Bytes of a process that are in memory, those that it shares with others included; nothing if it is gone. */
export function residentBytes(pid: number): number | undefined {
  try {
    // In kB, where the cheaper statm counts pages of a size that only a program of its own would tell.
    const found = /^VmRSS:\s*(\d+) kB$/m.exec(statusText(pid));
    return found ? Number(found[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
}

/** What a process tells: a message, or the index of the job that it starts. */
type SlotSays = FromSlot | number;

/** What a process has told of its jobs, behind what they have written. */
interface Ordered {
  /** Takes what it says: told behind what it said before, and, of the end of jobs, behind what they have written. */
  hear(said: SlotSays): void;
  /** Nothing more comes: tells all that is held. */
  giveUp(): void;
}

/**
 * Holds back what a process tells of the end of jobs until all that they have written has come.
 *
 * @param division That of the process.
 * @param tell Called with all that it says, in its order.
 */
function behindOutput(
  { stdout, stderr }: Pick<ChildProcess, "stdout" | "stderr">,
  division: Uint8Array,
  wrote: Wrote,
  tell: (said: SlotSays) => void,
): Ordered {
  const divided = new Divided(division, wrote);
  const pipes = [stdout, stderr].filter((pipe) => pipe !== null);
  let held: SlotSays[] = [];
  let isWaiting = false;
  for (const [name, pipe] of [["stdout", stdout], ["stderr", stderr]] as const) {
    pipe?.on("data", (bytes: Uint8Array) => divided.push(name, bytes));
    pipe?.once("close", () => divided.end(name));
    if (!pipe) divided.end(name);
  }
  const hear = (said: SlotSays) => {
    if (isWaiting) return void held.push(said);
    const counts = typeof said === "object" && said.kind === "ended" ? said.divided : undefined;
    if (!counts || divided.has(counts)) return tell(said);
    isWaiting = true;
    // Whoever has opened the other end of a pipe can read there what is awaited.
    const look = onceEmpty(pipes, () => divided.giveUp());
    divided.await(counts, () => {
      clearInterval(look);
      isWaiting = false;
      tell(said);
      const rest = held;
      held = [];
      for (const each of rest) hear(each);
    });
  };
  return {
    hear,
    giveUp: () => {
      while (isWaiting) divided.giveUp();
    },
  };
}
