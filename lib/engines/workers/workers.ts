/**
 * Functions in Workers of this process.
 *
 * @module
 */

import { getHeapStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import type { ErrorRecord, Task } from "../../job.ts";
import type { EngineRun } from "../engine.ts";
import { SharedFlags } from "../carry/shared_flags.ts";
import { errorOf, toErrorRecord } from "../../errors/error_record.ts";
import type { Link, LinkEvents, OpenLink } from "../kept/link.ts";
import { SlotsEngine, type SlotsOptions } from "../kept/slots_engine.ts";
import { type PostMessage, send, type WorkerSetting } from "../carry/payload.ts";
import { BROKEN, type Describe, fromSlot, packed, type Setup } from "../carry/wire.ts";

/**
 * How long a Worker may take to end itself, in ms, while its module is imported and afterwards: a limit for code
 * that loops. It is not short, for `terminate()` amid the loading of a module of Deno itself is a panic, which
 * ends this process (Deno 2.9): what starts, or uses such a module for the first time, has time to end by itself.
 */
const PATIENCE_MS = { importing: 5000, working: 500 };

/** Limit of the heap in which a module is only looked at, in MiB. */
const DESCRIBE_HEAP_MB = 512;

export interface WorkersOptions extends SlotsOptions {
  /** Limit of the JavaScript heap of each, in MiB. @default what V8 gives the process itself */
  readonly heapMb?: number;
}

/**
 * An engine of Workers. They are those of `node:worker_threads`, for only of these the end and its
 * reason are learnt, whether a function exits, throws where nobody waits, or fills its heap.
 */
export function workers(task: Task, run: EngineRun, options: WorkersOptions = {}): SlotsEngine {
  const heapMb = options.heapMb ?? Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
  const limits = { heapMb, movesAll: task.transfer ?? false };
  const open: OpenLink = (setup, events) => openWorker(setup, events, limits);
  return new SlotsEngine(task, run, open, options);
}

/**
 * The names that a module exports, with the type of each. The module is run in a Worker.
 *
 * @throws {Error} What importing it throws, or that its Worker has ended.
 */
export async function describeModule(module: string): Promise<ReadonlyMap<string, string>> {
  const described = Promise.withResolvers<ReadonlyMap<string, string>>();
  const fail = (error: ErrorRecord) => described.reject(errorOf(error));
  const link = openWorker({ kind: "describe", module }, {
    message: (message) => {
      if (message.kind === "exports") described.resolve(new Map(message.types));
      else if (message.kind === "unfit") fail(message.error);
    },
    wrote: () => {},
    gone: fail,
  }, { heapMb: DESCRIBE_HEAP_MB, movesAll: false });
  try {
    return await described.promise;
  } finally {
    await link.end();
  }
}

/** @param movesAll Whether all is moved that can be, to it and back. */
function openWorker(
  first: Setup | Describe,
  events: LinkEvents,
  { heapMb, movesAll }: { readonly heapMb: number; readonly movesAll: boolean },
): Link {
  const flags = new SharedFlags();
  const worker = new Worker(new URL("../far/worker_entry.ts", import.meta.url), {
    workerData: { memory: flags.memory, movesAll } satisfies WorkerSetting,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const gone = Promise.withResolvers<void>();
  let reason: ErrorRecord | undefined;
  let phase: keyof typeof PATIENCE_MS = "importing";
  const outOfMemory = {
    name: "OutOfMemory",
    message: `its worker reached the limit of its heap, ${heapMb} MiB`,
  };
  const end = () => {
    worker.ref();
    worker.postMessage({ kind: "stop" });
    const timer = setTimeout(() => worker.terminate(), PATIENCE_MS[phase]);
    return gone.promise.finally(() => clearTimeout(timer));
  };
  worker.on("message", (data) => {
    const message = fromSlot(data);
    if (message?.kind === "ready") phase = "working";
    if (message?.kind === "out-of-memory") reason = outOfMemory;
    else if (message) events.message(message);
    else {
      reason ??= { name: "Channel", message: "its worker sent what is no message of a slot" };
      end();
    }
  });
  worker.on("error", (thrown: Error & { code?: string }) => {
    reason ??= thrown.code === "ERR_WORKER_OUT_OF_MEMORY" ? outOfMemory : toErrorRecord(thrown);
  });
  worker.on("exit", (code) => {
    gone.resolve();
    if (flags.hasFailed) events.message(BROKEN);
    events.gone(reason ?? { name: "Exit", message: `its worker ended with exit code ${code}` });
  });
  const post: PostMessage = (message, moved) => worker.postMessage(message, moved);
  worker.postMessage(first);
  return {
    pid: Deno.pid,
    get at() {
      return flags.at;
    },
    get startedAt() {
      return flags.startedAt;
    },
    flags,
    send: (message, isFlat) => {
      if (!isFlat) return send(message, movesAll, post);
      worker.postMessage(packed(message));
      return false;
    },
    gone: gone.promise,
    hold: (isHeld) => isHeld ? worker.ref() : worker.unref(),
    end,
  };
}
