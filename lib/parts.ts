/**
 * The real parts of a run: its engines, its inputs, and what watches over what it starts.
 *
 * @module
 */

import { Commands } from "./engines/commands.ts";
import type { Engine } from "./engines/engine.ts";
import { processes } from "./engines/processes.ts";
import { killTree } from "./engines/process_tree.ts";
import { SpoolStore } from "./engines/spool.ts";
import { Watcher } from "./engines/watcher.ts";
import { workers } from "./engines/workers.ts";
import { loadFunction } from "./function_ref.ts";
import { openInputs } from "./inputs/open.ts";
import type { RunEvent, Task } from "./job.ts";
import { valueOf } from "./output/command_value.ts";
import { Relays } from "./relays.ts";
import type { Fold, RunParts, RunTasksOptions } from "./run.ts";
import type { Kept } from "./task_feed.ts";
import { commandLineOf } from "./template.ts";

/** How a run goes. */
export interface PartsOptions extends RunTasksOptions {
  /** What the source `stdin` reads. @default the stdin of this process */
  readonly stdin?: ReadableStream<Uint8Array>;
  /** Whether this process is there for this run alone. @default false */
  readonly ownsProcess?: boolean;
  /** Index of the first job of each task. @default 0 */
  readonly first?: number;
  /** What has ended in a session before. @default nothing */
  readonly kept?: (task: Task) => Kept | undefined;
}

/** What the centre is given to run tasks. */
export function partsOf(
  tasks: readonly Task[],
  options: PartsOptions,
): [parts: RunParts, options: RunTasksOptions] {
  const { runId, slots } = options;
  const store = new SpoolStore();
  const relays = new Relays(tasks, store);
  const watcher = new Watcher(runId);
  const isMarked = options.ownsProcess === true && mark(runId);
  const isWatched = isMarked || tasks.some(startsProcesses);
  const parts: RunParts = {
    open: (task) => {
      if (isWatched) watcher.start();
      return {
        engine: engineOf({ ...task, slots: Math.min(task.slots, slots) }, runId, store),
        inputs: openInputs(task.source, {
          stdin: options.stdin,
          from: (name) => relays.valuesOf(name),
        }),
        first: options.first,
        kept: options.kept?.(task),
      };
    },
    fold: async (task) => await loadFunction(task.fold!.run) as Fold,
    valueOf,
    relay: (task) => relays.of(task),
    [Symbol.asyncDispose]: async () => {
      relays[Symbol.dispose]();
      store[Symbol.dispose]();
      // What a job has left running without holding its output, a daemon for example.
      if (isWatched) killTree([], { FANFOLD_RUN: runId });
      await watcher[Symbol.asyncDispose]();
    },
  };
  const onEvent = relays.isEmpty ? options.onEvent : (event: RunEvent) => {
    relays.onEvent(event);
    options.onEvent?.(event);
  };
  return [parts, { ...options, onEvent }];
}

/** Has all that this process starts known as the run's; says whether it may. */
function mark(runId: string): boolean {
  const isAllowed = Deno.permissions.querySync({ name: "env" }).state === "granted";
  if (isAllowed) Deno.env.set("FANFOLD_RUN", runId);
  return isAllowed;
}

function startsProcesses({ action, isolation }: Task): boolean {
  return action.kind !== "function" || isolation === "process";
}

function engineOf(task: Task, runId: string, store: SpoolStore): Engine {
  const { action, name, slots, env, cwd, timeout, graceMs, delayMs, memoryBytes, transfer } = task;
  if (action.kind !== "function") {
    const options = { task: name, runId, slots, env, cwd, timeout, graceMs, store };
    return new Commands({ ...options, lineOf: commandLineOf(action) });
  }
  const { run, init, spread } = action;
  const { jobs: recycleJobs, memoryBytes: recycleMemoryBytes } = task.recycle ?? {};
  const startsWhatItTakes = delayMs !== undefined;
  const rules = { recycleJobs, recycleMemoryBytes, graceMs, startsWhatItTakes, transfer };
  const options = { task: name, runId, run, init, spread, slots, ...rules, store };
  return task.isolation === "worker"
    ? workers({ ...options, chunk: task.chunk })
    : processes({ ...options, chunk: task.chunk, env, cwd, timeout, memoryBytes });
}
