/**
 * The centre: tasks × inputs × engines → outcomes in order, and events.
 *
 * @module
 */

import { Folding, type FoldingDependencies } from "./folding.ts";
import type { ObservedRun, RunningJob, RunObserver, TaskProgress } from "../events.ts";
import type { Halt, Outcome, Task } from "../job.ts";
import { CLOCK } from "../time/clock.ts";
import { progressTeller, type TellEvent, tellTo } from "./observed.ts";
import { SlotLimit } from "./task_feed.ts";
import { fromsOf } from "./plan.ts";
import { outcomesOf, type TaskDependencies, TaskRun } from "./task_run.ts";

/** Passes values on. */
export interface ValueSink {
  /** Passes on the values of those that are done, of consecutive outcomes. */
  put(outcomes: readonly Outcome[]): Promise<void>;
  end(): void;
}

/** What a run gets from outside, so that the centre knows no platform; disposed of when all has ended. */
export interface RunDependencies extends FoldingDependencies, AsyncDisposable {
  /** The engine and the inputs of a task, made when it starts. */
  open(task: Task): TaskDependencies;
  /** Passes the values of a task on to those that have them as inputs; nothing if there are none. */
  valueSink(task: Task): ValueSink | undefined;
}

/** How a run goes. */
export interface RunTasksOptions {
  readonly runId: string;
  /** How many slots of all tasks may be busy at once. */
  readonly slots: number;
  /** Told of everything at the moment it happens, in their order. @default none */
  readonly observers?: readonly RunObserver[];
  /** Stops the run: what is ready still comes, then its reason is thrown. */
  readonly signal?: AbortSignal;
  /**
   * Ends the run: what runs is ended as by a halt, and how all jobs have ended that had started still comes, with
   * what they wrote; then its reason is thrown.
   */
  readonly ending?: AbortSignal;
}

/** Outcomes one by one; the output of each is dropped when the next one is asked for. */
export async function* oneByOne(
  batches: AsyncIterable<readonly Outcome[]>,
): AsyncGenerator<Outcome, void, undefined> {
  for await (const outcomes of batches) {
    for (const outcome of outcomes) {
      yield outcome;
      outcome.output?.drop();
    }
  }
}

/**
 * Runs tasks and yields their outcomes, all that are ready at a time: task after task as they stand,
 * within a task in input order.
 *
 * Tasks that need nothing of each other run at the same time, as far as there are slots; those that
 * stand first are served first. Skipped are a task that needs one that did not end well, one that has its
 * inputs from a task that is skipped, and when failures halt one, all that have not started. To ask for
 * more says that the outcomes have been consumed; what their outputs still hold is for the reader to drop.
 * When the reader leaves, and when the run cannot go on, all that runs is stopped, and waited for, and the inputs are
 * closed.
 *
 * @param tasks In an order in which every task stands behind those that it needs or has inputs from.
 * @throws {Fault} If the run cannot go on.
 */
export async function* runInBatches(
  tasks: readonly Task[],
  dependencies: RunDependencies,
  options: RunTasksOptions,
): AsyncGenerator<readonly Outcome[], void, undefined> {
  const { runId, observers = [], signal, ending } = options;
  const tell = tellTo(observers);
  const schedule = new Schedule(tasks, dependencies, options.slots, tell);
  schedule.onAbort(signal, (reason) => schedule.fail(reason));
  schedule.onAbort(ending, (reason) => schedule.end(reason));
  for (const observer of observers) observer.attach?.(schedule);
  tell?.({ kind: "run-started", runId, tasks });
  using progress = progressTeller(
    () => schedule.progress(),
    observers,
    dependencies.clock ?? CLOCK,
  );
  let cause: { readonly reason: unknown } | undefined;
  try {
    schedule.startWhatCan();
    for (const task of tasks) {
      if (schedule.isLeftOut(task)) continue;
      const started = schedule.startNow(task);
      if ("because" in started) {
        tell?.({ kind: "task-skipped", task, because: started.because });
        continue;
      }
      const { run, folding } = started;
      await folding?.load();
      const valueSink = dependencies.valueSink(task);
      for (let outcomes = await run.next(); outcomes; outcomes = await run.next()) {
        const given = folding ? await folding.addAll(outcomes) : outcomes;
        await valueSink?.put(given);
        yield given;
      }
      valueSink?.end();
      // It has not come to its own end.
      if (ending?.aborted) continue;
      folding?.[Symbol.dispose]();
      const folded = folding && run.isWhole ? resultOf(folding) : {};
      tell?.({ kind: "task-ended", task, counts: { ...run.counts }, ...folded });
    }
    if (ending?.aborted) throw ending.reason;
    progress.tellNow();
    tell?.({ kind: "run-ended", runId });
  } catch (reason) {
    cause = { reason };
    throw reason;
  } finally {
    await using _closed = dependencies;
    await schedule[Symbol.asyncDispose]().catch((late) => {
      // What has ended the run counts.
      if (!cause) throw late;
      tell?.({ kind: "went-wrong", reason: late });
    });
  }
}

function resultOf({ result }: Folding) {
  return result ? { folded: result } : { isFoldLeft: true };
}

interface Started {
  readonly run: TaskRun<Outcome>;
  readonly folding?: Folding;
}

/** Which tasks have started, and which may. */
class Schedule implements AsyncDisposable, ObservedRun {
  readonly #tasks: readonly Task[];
  readonly #dependencies: RunDependencies;
  readonly #limit: SlotLimit;
  readonly #slots: number;
  readonly #tell?: TellEvent;
  readonly #started = new Map<string, Started>();
  readonly #active = new Set<string>();
  readonly #skipped = new Map<string, { readonly because: string }>();
  /** The task whose failures have halted all. */
  #halted?: Task;
  #failure?: { readonly reason: unknown };
  #isEnding = false;
  readonly #disposed = new AbortController();

  constructor(
    tasks: readonly Task[],
    dependencies: RunDependencies,
    slots: number,
    tell: TellEvent | undefined,
  ) {
    this.#tasks = tasks;
    this.#dependencies = dependencies;
    this.#slots = slots;
    this.#limit = new SlotLimit(slots);
    this.#tell = tell;
  }

  /** Acts when a signal aborts, at once if it has; not any more once all is disposed of. */
  onAbort(signal: AbortSignal | undefined, act: (reason: unknown) => void): void {
    if (signal?.aborted) act(signal.reason);
    signal?.addEventListener("abort", () => act(signal.reason), { signal: this.#disposed.signal });
  }

  running(): readonly RunningJob[] {
    return this.#inOrder.flatMap(({ run }) => run.running);
  }

  progress(): readonly TaskProgress[] {
    return this.#inOrder.map(({ run }) => run.progress);
  }

  get #inOrder(): readonly Started[] {
    return this.#tasks.flatMap(({ name }) => this.#started.get(name) ?? []);
  }

  /** Starts the tasks that wait for none, in their order, as many as there are slots. */
  startWhatCan(): void {
    for (const task of this.#tasks) {
      if (this.#active.size >= this.#slots || this.#failure) return;
      if (!this.#isOpen(task.name) || fromsOf(task.source).some((name) => this.#isOpen(name))) {
        continue;
      }
      if (task.needs.every((name) => this.#hasEnded(name))) this.#start(task);
    }
  }

  /** A task whose turn it is, or why it is not run. All that it needs has ended. */
  startNow(task: Task): Started | { readonly because: string } {
    if (this.#isOpen(task.name)) this.#start(task);
    return this.#skipped.get(task.name) ?? this.#started.get(task.name) as Started;
  }

  /** Ends all that runs, and starts nothing more: how it has ended is still to be read. */
  end(reason: unknown): void {
    this.#isEnding = true;
    this.#failure ??= { reason };
    for (const { run, folding } of this.#started.values()) {
      run.end();
      folding?.leave();
    }
  }

  /** Whether a task is not started because all that runs is ended. */
  isLeftOut(task: Task): boolean {
    return this.#isEnding && this.#isOpen(task.name);
  }

  fail(reason: unknown): void {
    this.#failure ??= { reason };
    for (const { run, folding } of this.#started.values()) {
      run.fail(reason);
      folding?.leave();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort();
    this.#failure ??= { reason: undefined };
    const all = [...this.#started.values()];
    for (const { folding } of all) folding?.[Symbol.dispose]();
    const ended = await Promise.allSettled(all.map(({ run }) => run[Symbol.asyncDispose]()));
    const failed = ended.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  }

  #isOpen(name: string): boolean {
    return !this.#started.has(name) && !this.#skipped.has(name);
  }

  #hasEnded(name: string): boolean {
    return this.#skipped.has(name) || (this.#started.has(name) && !this.#active.has(name));
  }

  #start(task: Task): void {
    if (this.#failure) throw this.#failure.reason;
    const because = this.#halted?.name ??
      task.needs.find((name) => !this.#started.get(name)?.run.isWell) ??
      fromsOf(task.source).find((name) => this.#skipped.has(name));
    if (because !== undefined) {
      this.#skipped.set(task.name, { because });
      return;
    }
    this.#tell?.({ kind: "task-started", task });
    const rank = this.#tasks.indexOf(task);
    const fail = (fault: unknown) => this.fail(fault);
    const run = new TaskRun(task, this.#dependencies.open(task), this.#limit, rank, {
      tell: this.#tell,
      results: outcomesOf(task.name, this.#tell),
      onFault: fail,
      onEnough: (halt) => this.#halt(task, halt),
    });
    const folding = task.fold && new Folding(task, this.#dependencies, (what) => {
      this.#tell?.({ kind: "awaited", task: task.name, what });
    });
    this.#started.set(task.name, { run, folding });
    // Of a run that fails as the task begins.
    const failure = this.#failure as { readonly reason: unknown } | undefined;
    if (failure) {
      run.fail(failure.reason);
      folding?.leave();
    }
    this.#active.add(task.name);
    run.over.then(() => {
      this.#active.delete(task.name);
      run.close();
      this.startWhatCan();
    }).catch(fail);
  }

  /** Failures halt all tasks; otherwise the task just has what it wanted. */
  #halt(task: Task, halt: Halt): void {
    this.#tell?.({ kind: "task-halted", task, halt });
    if (halt.why !== "fail") return this.#started.get(task.name)?.run.halt(halt.when);
    this.#halted ??= task;
    for (const { run, folding } of this.#started.values()) {
      run.halt(halt.when);
      if (halt.when === "now") folding?.limitWaits();
    }
  }
}
