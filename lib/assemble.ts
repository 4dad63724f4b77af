/**
 * The centre with its real parts: what `run` is for a program and for the command line.
 *
 * @module
 */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "./engines/engine.ts";
import { Commands } from "./engines/commands.ts";
import { processes } from "./engines/processes.ts";
import { killTree } from "./engines/process_tree.ts";
import { SpoolStore } from "./engines/spool.ts";
import { Watcher } from "./engines/watcher.ts";
import { describeModule, workers } from "./engines/workers.ts";
import { loadFunction } from "./function_ref.ts";
import { openInputs } from "./inputs/open.ts";
import type { Outcome, RunEvent, Task } from "./job.ts";
import { valueOf } from "./output/command_value.ts";
import { plan } from "./plan.ts";
import { Relays } from "./relays.ts";
import { newRunId } from "./run_id.ts";
import { type Fold, runInBatches, type RunParts, runTasks, type RunTasksOptions } from "./run.ts";
import type { Kept } from "./task_feed.ts";
import { commandLineOf } from "./template.ts";

/** How {@link loadTasks} goes. */
export interface LoadTasksOptions {
  /** Whether every module is run to see its exports, not only those whose text is unclear. */
  readonly exact?: boolean;
}

/**
 * Loads a tasks file and checks it, with all the modules that it names.
 *
 * @param file Path or `file:` URL of a `.yaml`, `.yml`, `.json`, `.jsonc`, `.toml` or `.ts` file.
 * @throws {Fault} Of kind `tasks`, with every mistake that there is.
 */
export async function loadTasks(
  file: string | URL,
  options: LoadTasksOptions = {},
): Promise<readonly Task[]> {
  // Most programs that have a pool have no tasks file, and pay nothing for it.
  const { loadTasks: loadFile } = await import("./tasks_file/load.ts");
  return await loadFile(file instanceof URL ? fileURLToPath(file) : resolve(file), {
    ...options,
    hardware: navigator.hardwareConcurrency,
    folder: Deno.cwd(),
    describe: describeModule,
  });
}

/** How {@link run} goes. */
export interface RunOptions {
  /** Names of the tasks to run, with what they need. @default all */
  readonly only?: readonly string[];
  /** How many slots of all tasks may be busy at once. @default the most that a task has */
  readonly slots?: number;
  /** Told of everything at the moment it happens. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Stops the run: what is ready still comes, then its reason is thrown. */
  readonly signal?: AbortSignal;
  /** What the source `stdin` reads. @default the stdin of this process */
  readonly stdin?: ReadableStream<Uint8Array>;
  /**
   * Whether this process is there for this run alone: what functions start in Workers ends with the run then,
   * as what they start in processes does. It sets the variable `FANFOLD_RUN`. @default false
   */
  readonly ownsProcess?: boolean;
  /** Id of the run; jobs are told it, and processes are known by it. @default a new one, by the time */
  readonly runId?: string;
  /** Index of the first job of each task, where the inputs are the rest of some. @default 0 */
  readonly first?: number;
  /** What has ended in a session before, which is not done again. @default nothing */
  readonly kept?: (task: Task) => Kept | undefined;
}

/**
 * Runs tasks and yields how each job ended: task after task as they stand in the file, within a task
 * in input order.
 *
 * Tasks that need nothing of each other run at the same time, as far as there are slots. A task that
 * needs one that did not end well is skipped. An outcome's output can be read until the next outcome
 * is asked for. Leaving the loop stops all that runs.
 *
 * @example Outcomes of a tasks file
 * ```ts
 * import { loadTasks, run } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const tasks = await loadTasks(new URL("../tasks/multiprocessing.yaml", import.meta.url));
 * const values: unknown[] = [];
 * for await (const outcome of run(tasks, { only: ["double"] })) {
 *   if (outcome.kind === "done") values.push(outcome.value);
 * }
 * assertEquals(values, [2, 4, 6, 8, 10]);
 * ```
 *
 * @throws {RangeError} If `slots` is not a positive integer, or `only` names a task that is not there.
 * @throws {Fault} If the run cannot go on: an input that cannot be read, a slot that does not start.
 */
export function run(
  tasks: readonly Task[],
  options: RunOptions = {},
): AsyncGenerator<Outcome, void, undefined> {
  return runTasks(...planned(tasks, options));
}

/**
 * Runs tasks as {@link run} does, and yields all outcomes that are ready at a time; it is for the reader
 * to drop what their outputs still hold.
 *
 * @throws What {@link run} throws.
 */
export function runManyAtATime(
  tasks: readonly Task[],
  options: RunOptions = {},
): AsyncGenerator<readonly Outcome[], void, undefined> {
  return runInBatches(...planned(tasks, options));
}

/** What the centre is given. */
function planned(
  tasks: readonly Task[],
  options: RunOptions,
): [tasks: readonly Task[], parts: RunParts, options: RunTasksOptions] {
  const { only, slots } = options;
  if (slots !== undefined && !(Number.isSafeInteger(slots) && slots > 0)) {
    throw new RangeError(`Cannot run on ${slots} slots: wanted a positive integer`);
  }
  const missing = only?.find((name) => !tasks.some((task) => task.name === name));
  if (missing !== undefined) {
    throw new RangeError(`Cannot run task "${missing}": there is no task of that name`);
  }
  const inOrder = plan(tasks, only);
  const { slots: most = Math.max(1, ...inOrder.map((task) => task.slots)), ...rest } = options;
  const store = new SpoolStore();
  const relays = new Relays(inOrder, store);
  const { runId = newRunId() } = options;
  const watcher = new Watcher(runId);
  const isMarked = options.ownsProcess === true && mark(runId);
  const isWatched = isMarked || inOrder.some(startsProcesses);
  const parts: RunParts = {
    open: (task) => {
      if (isWatched) watcher.start();
      return {
        engine: engineOf({ ...task, slots: Math.min(task.slots, most) }, runId, store),
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
  return [inOrder, parts, { ...rest, onEvent, slots: most, runId }];
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
