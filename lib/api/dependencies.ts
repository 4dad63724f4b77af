/**
 * The real parts of a run: its engines, its inputs, and what watches over what it starts.
 *
 * @module
 */

import { CLOCK } from "../time/clock.ts";
import type { Engine, EngineRun, Learning } from "../engines/engine.ts";
import { GRACE_MS } from "../engines/stopped.ts";
import { killTree } from "../engines/system/process_tree.ts";
import { startHere, type StartPlace } from "../engines/start_place.ts";
import { SpoolStore } from "../engines/spools/spool.ts";
import { Watcher } from "../engines/system/watcher.ts";
import type { FoldFunction } from "../run/folding.ts";
import { loadFor } from "../modules/imported.ts";
import { countOf, foreignPart, waitsForUser } from "../inputs/facts.ts";
import { openInputs } from "../inputs/open.ts";
import type { RunEvent, RunObserver } from "../events.ts";
import type { PriorOutcomes, Task, TimeBefore } from "../job.ts";
import { valueOf } from "../output/command_value.ts";
import { enginesFor, kindOf } from "./engines.ts";
import type { QueueConnection } from "./queue_connection.ts";
import { ValueLogs } from "./value_log.ts";
import { tellTo } from "../run/observed.ts";
import type { RunDependencies, RunTasksOptions } from "../run/run.ts";
import { Watchdog } from "../watchdog/watchdog.ts";

/**
 * How long inputs that are about to give one are waited for as they are closed, in ms: a generator that waits for
 * something can clean up when it has it, and this process may end with the run.
 */
const BUSY_MS = 500;

/** How `run` goes. */
export interface RunOptions {
  /**
   * URL of a queue whose hosts do the jobs: `redis://`, `rediss://` or `postgres://`. User and password are taken from it,
   * or from the environment. Hosts find functions by their paths from the current folder, or are sent their modules. What
   * jobs print comes when they have ended. @default this machine does them
   */
  readonly on?: string | URL;
  /** Names of the tasks to run, with what they need. @default all */
  readonly only?: readonly string[];
  /** How many slots of all tasks may be busy at once. @default the most that a task has */
  readonly slots?: number;
  /** Told of everything at the moment it happens. */
  readonly onEvent?: (event: RunEvent) => void;
  /** What hears of everything, in their order, and before `onEvent`. @default none */
  readonly observers?: readonly RunObserver[];
  /** Stops the run: what is ready still comes, then its reason is thrown. */
  readonly signal?: AbortSignal;
  /** What the source `stdin` reads. @default the stdin of this process */
  readonly stdin?: ReadableStream<Uint8Array>;
  /**
   * Whether this process is there for this run alone: what a fold and inputs start ends with the run then, as
   * what jobs start does. It sets the variable `FANFOLD_RUN`. @default false
   */
  readonly ownsProcess?: boolean;
  /** Id of the run; jobs are told it, and processes are known by it. @default a new one, by the time */
  readonly runId?: string;
  /** Index of the first job of each task, where the inputs are the rest of some. @default 0 */
  readonly first?: number;
  /** What has ended in a session before, which is not done again. @default nothing */
  readonly kept?: (task: Task) => PriorOutcomes | undefined;
  /**
   * How long inputs of a task took before, asked for each that has the slowest start first; nothing if it is not known:
   * then they start as they come. All inputs are read and held first otherwise. @default nothing
   */
  readonly timeBefore?: (task: Task) => TimeBefore | undefined;
  /** The inputs of a task, told those of its source. @default the same */
  readonly inputsOf?: (
    task: Task,
    inputs: Iterable<unknown> | AsyncIterable<unknown>,
  ) => Iterable<unknown> | AsyncIterable<unknown>;
}

/** How a run goes that is planned. */
export interface DependenciesOptions
  extends RunTasksOptions, Omit<RunOptions, keyof RunTasksOptions | "only" | "onEvent"> {
  /** Where and in what environment all runs. @default as it is now */
  readonly start?: StartPlace;
  /** What notes what jobs access. @default nothing does */
  readonly learning?: Learning;
  /** Gives what the source `stdin` reads, when it is read. */
  readonly openStdin?: () => ReadableStream<Uint8Array>;
  /** What watches over the main thread, for longer than the run. @default one of its own, where there are time-outs */
  readonly watchdog?: Watchdog;
  /** The queue that `on` names, where it has been connected to already; it is not left with the run. */
  readonly connection?: QueueConnection;
  /** By which id a queue knows it, of whatever session: where it goes on, what an earlier one has left there is ended. @default that of the run */
  readonly knownAs?: string;
  /** Absolute folder that hosts find modules from, by their paths. @default the current one */
  readonly home?: string;
}

/** What the centre is given to run tasks. */
export async function dependenciesOf(
  tasks: readonly Task[],
  options: DependenciesOptions,
): Promise<[dependencies: RunDependencies, options: RunTasksOptions]> {
  const { runId, slots, start = startHere(), observers = [], learning } = options;
  using starting = new DisposableStack();
  const watchdog = options.watchdog ??
    starting.use(new Watchdog({ hearsSignals: false }));
  watch(watchdog, tasks, options);
  const { on, connection } = options;
  const isQueued = on !== undefined || connection !== undefined;
  const [{ engineOf, queue }] = await Promise.all([
    isQueued ? queuedEngines(tasks, options) : enginesFor(tasks, {
      start,
      learning,
      onHeldInPart: (task, reason) => tellTo(observers)?.({ kind: "held-in-part", task, reason }),
    }).then((engineOf) => ({ engineOf, queue: undefined })),
    watchdog.listens,
  ]);
  const store = new SpoolStore();
  const valueLogs = new ValueLogs(tasks, store);
  const watcher = new Watcher(runId, {
    onLost: (reason) => tellTo(observers)?.({ kind: "unwatched", reason }),
  });
  if (options.ownsProcess && Deno.permissions.querySync({ name: "env" }).state === "granted") {
    // Then all that this process starts is known as the run's: what a fold starts, for example.
    Deno.env.set("FANFOLD_RUN", runId);
  }
  const timekeeper = watchdog.isOn ? watchdog : undefined;
  const { inputsOf = (_, inputs) => inputs } = options;
  const own = starting.move();
  const dependencies: RunDependencies = {
    open: (task) => {
      watcher.start();
      const engine = engineOf({ ...task, slots: Math.min(task.slots, slots) }, {
        runId,
        store,
        timekeeper,
      });
      const own = openInputs(task.source, {
        stdin: options.stdin,
        openStdin: options.openStdin,
        from: (name) => valueLogs.valuesOf(name),
        task: task.name,
      });
      const inputs = inputsOf(task, own);
      return {
        engine,
        inputs,
        count: inputs === own ? countOf(task.source) : undefined,
        busyMs: BUSY_MS,
        inputsClock: waitsForUser(task.source) ? CLOCK : undefined,
        first: options.first,
        kept: options.kept?.(task),
        timeBefore: task.order && options.timeBefore?.(task),
      };
    },
    fold: async ({ name, fold }) =>
      await loadFor("tasks", `Cannot load the fold of task "${name}"`, fold!.run) as FoldFunction,
    valueOf,
    valueSink: (task) => valueLogs.of(task),
    [Symbol.asyncDispose]: async () => {
      await using _ = queue;
      own[Symbol.dispose]();
      valueLogs[Symbol.dispose]();
      store[Symbol.dispose]();
      // What a job has left running without holding its output, a daemon for example.
      killTree([], { FANFOLD_RUN: runId });
      await watcher[Symbol.asyncDispose]();
    },
  };
  return [dependencies, {
    ...options,
    observers: valueLogs.isEmpty ? observers : [valueLogs, ...observers],
  }];
}

/** Engines whose jobs are done by the hosts of a queue, and what leaves that when all has ended. */
async function queuedEngines(
  tasks: readonly Task[],
  options: DependenciesOptions,
) {
  const { on = "", connection: given, runId, home = Deno.cwd(), observers = [] } = options;
  const { QueueConnection } = await import("./queue_connection.ts");
  const { QueueEngine } = await import("../engines/queue/queue_engine.ts");
  await using opened = new AsyncDisposableStack();
  const connection = given ?? opened.use(new QueueConnection(on));
  const tell = tellTo(observers);
  const run = opened.use(
    await connection.open({
      ...{ runId: options.knownAs ?? runId, tasks, folder: home },
      tell: (what) => tell?.({ kind: "queue-told", what }),
    }),
  );
  const queue = opened.move();
  const engineOf = (task: Task, how: Omit<EngineRun, "start" | "learning">): Engine =>
    new QueueEngine(task, how, run);
  return { engineOf, queue };
}

/** Has the main thread watched over where a task may keep it busy; for a time-out alone, unless signals count too. */
function watch(watchdog: Watchdog, tasks: readonly Task[], options: DependenciesOptions): void {
  const commands = tasks.filter((task) => kindOf(task) === "command");
  watchdog.runs(
    options.runId,
    commands.map(({ name, graceMs = GRACE_MS }) => ({ name, graceMs })),
  );
  if (!options.watchdog && tasks.every(({ timeout }) => timeout === undefined)) return;
  for (const { name, source, fold } of tasks) {
    const inputs = foreignPart(source);
    if (inputs !== undefined) watchdog.watch(`the ${inputs} of task "${name}"`);
    if (fold) watchdog.watch(`the fold of task "${name}"`);
  }
}
