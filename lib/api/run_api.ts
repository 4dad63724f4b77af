/**
 * The centre with its real parts: what `run` is for a program and for the command line.
 *
 * @module
 */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Outcome, Task } from "../job.ts";
import { flawsOf, isAtHand } from "../inputs/facts.ts";
import type { DependenciesOptions, RunOptions } from "./dependencies.ts";
import { plan, waitsForOthers } from "../run/plan.ts";
import type { InputsFlaw } from "../tasks_file/load.ts";
import { ALL_HOSTED_SLOTS, hosted } from "../rules/jobs.ts";
import { newRunId } from "../run_id.ts";
import { endedWith } from "../run/observed.ts";
import { oneByOne, runInBatches } from "../run/run.ts";

/** How {@link loadTasks} goes. */
export interface LoadTasksOptions {
  /** Whether every module is run to see its exports, not only those whose text is unclear. */
  readonly exact?: boolean;
  /**
   * How far modules are looked at: not at all, or by their text alone, so that none of their code runs. @default those
   * whose text is unclear are run, unless all that is named in them is held to permissions
   */
  readonly modules?: "unread" | "unrun";
  /**
   * Names of the tasks to be run, whose inputs are looked at, with those of the tasks that they need: a file that is not
   * there is a mistake, unless the task waits for others, which may make it. @default none are looked at
   */
  readonly looksAt?: readonly string[] | "all";
}

/**
 * Loads a tasks file and checks it, with all the modules that it names.
 *
 * @param file Path or `file:` URL of a `.yaml`, `.yml`, `.json`, `.jsonc`, `.toml` or `.ts` file.
 * @throws {Fault} Of kind `tasks`, with every mistake that there is.
 */
export async function loadTasks(
  file: string | URL,
  { exact, modules, looksAt }: LoadTasksOptions = {},
): Promise<readonly Task[]> {
  // Most programs that have a pool have no tasks file, and pay nothing for it.
  const { loadTasksFile } = await import("../tasks_file/load.ts");
  return await loadTasksFile(file instanceof URL ? fileURLToPath(file) : resolve(file), {
    exact,
    modules,
    hardware: navigator.hardwareConcurrency,
    folder: Deno.cwd(),
    describe: async (module) => {
      const { describeModule } = await import("../engines/workers/workers.ts");
      return await describeModule(module);
    },
    look: looksAt && ((tasks) => inputsFlaws(tasks, looksAt === "all" ? undefined : looksAt)),
  });
}

/** What is wrong with the inputs of tasks that can start at once. */
async function inputsFlaws(
  tasks: readonly Task[],
  only: readonly string[] | undefined,
): Promise<readonly InputsFlaw[]> {
  const flaws: InputsFlaw[] = [];
  const { isAbsent } = await import("../inputs/unreadable.ts");
  for (const task of plan(tasks, only)) {
    if (waitsForOthers(task) || isAtHand(task.source)) continue;
    for (const { flaw, origin: { phrase, file }, ...where } of await flawsOf(task.source)) {
      const { reason, hint, line, column, cause } = flaw;
      const isToCome = isAbsent(cause) && tasks.length > 1;
      flaws.push({
        ...where,
        task: task.name,
        action: `Cannot read inputs ${phrase} of task "${task.name}"`,
        message: reason,
        hint: hint ??
          (isToCome ? 'if another task makes it, name that task in "needs"' : undefined),
        at: line === undefined ? undefined : { file, line, column },
      });
    }
  }
  return flaws;
}

/**
 * Runs tasks and yields how each job ended: task after task as they stand in the file, within a task
 * in input order.
 *
 * Tasks that need nothing of each other run at the same time, as far as there are slots. A task that
 * needs one that did not end well is skipped. An outcome's output can be read until the next outcome
 * is asked for. Leaving the loop stops all that runs, and closes the inputs, as a loop over them would that is left.
 * A generator that is just then about to give an input closes when it has: it is waited for half a second.
 *
 * @example Outcomes of a tasks file
 * ```ts
 * import { loadTasks, run } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const tasks = await loadTasks(new URL("../../tasks/multiprocessing.yaml", import.meta.url));
 * const values: unknown[] = [];
 * for await (const outcome of run(tasks, { only: ["double"] })) {
 *   if (outcome.kind === "done") values.push(outcome.value);
 * }
 * assertEquals(values, [2, 4, 6, 8, 10]);
 * ```
 *
 * With `on`, the hosts of a queue do the jobs: `fanfold join URL` makes a machine one. Order, retries and outcomes are the
 * same, and each job counts once, whatever the queue delivers twice; what jobs write comes when they have ended.
 *
 * @throws {RangeError} If `slots` is not a positive integer, or `only` names a task that is not there.
 * @throws {Fault} If the run cannot go on: an input that cannot be read, a slot that does not start, a queue that cannot
 * be reached as it begins.
 */
export function run(
  tasks: readonly Task[],
  options: RunOptions = {},
): AsyncGenerator<Outcome, void, undefined> {
  const { observers = [] } = options;
  const outcomes = runManyAtATime(tasks, options);
  return oneByOne(observers.some(({ end }) => end) ? endedWith(outcomes, observers) : outcomes);
}

/**
 * Runs tasks as {@link run} does, and yields all outcomes that are ready at a time; it is for the reader
 * to drop what their outputs still hold, and to end the observers.
 *
 * @throws What {@link run} throws.
 */
export function runManyAtATime(
  tasks: readonly Task[],
  { only, onEvent, ...options }:
    & RunOptions
    & Pick<DependenciesOptions, "watchdog" | "openStdin" | "start" | "ending" | "learning">
    & Pick<DependenciesOptions, "connection" | "home" | "knownAs"> = {},
): AsyncGenerator<readonly Outcome[], void, undefined> {
  const { slots, runId = newRunId(), on, connection } = options;
  const observers = [...options.observers ?? [], ...onEvent ? [{ onEvent }] : []];
  if (slots !== undefined && !(Number.isSafeInteger(slots) && slots > 0)) {
    throw new RangeError(`Cannot run on ${slots} slots: wanted a positive integer`);
  }
  const missing = only?.find((name) => !tasks.some((task) => task.name === name));
  if (missing !== undefined) {
    throw new RangeError(`Cannot run task "${missing}": there is no task of that name`);
  }
  const isQueued = on !== undefined || connection !== undefined;
  const planned = plan(tasks, only);
  const inOrder = isQueued ? planned.map(hosted) : planned;
  const most = isQueued ? ALL_HOSTED_SLOTS : Math.max(1, ...inOrder.map((task) => task.slots));
  return opened(inOrder, { ...options, runId, slots: slots ?? most, observers });
}

/** Most programs that have a pool run no tasks, and pay nothing for it. */
async function* opened(
  tasks: readonly Task[],
  options: DependenciesOptions,
): AsyncGenerator<readonly Outcome[], void, undefined> {
  const { dependenciesOf } = await import("./dependencies.ts");
  yield* runInBatches(tasks, ...await dependenciesOf(tasks, options));
}
