/**
 * A task of a run under way: inputs go through a window to an engine, and results come out of it.
 *
 * @module
 */

import { cancelled, cancelUnstarted } from "../engines/stopped.ts";
import type { Listener, TaskEngine } from "../engines/engine.ts";
import { type AllDone, durationOf, type Jobs, startOf } from "../engines/consecutive_jobs.ts";
import { Halting } from "./halting.ts";
import type { RunEvent, RunningJob, TaskProgress } from "../events.ts";
import type {
  Counts,
  Ending,
  Halt,
  Outcome,
  PriorOutcome,
  PriorOutcomes,
  Task,
  TimeBefore,
} from "../job.ts";
import type { TellEvent } from "./observed.ts";
import { RetryQueue, type SlotLimit, TaskFeed, Throttle } from "./task_feed.ts";
import { type Clock, LongWait } from "../time/clock.ts";
import { Window, WindowSizer } from "./window.ts";
import type { Items } from "../streams/iteration.ts";

export interface TaskDependencies {
  readonly engine: TaskEngine;
  readonly inputs: Items;
  /** How many there are, if that is known before they are read. */
  readonly count?: number;
  /** How long inputs that are about to give one are waited for as they are closed, in ms. @default 0 */
  readonly busyMs?: number;
  /** The clock of the notice that the next input is awaited for long; no notice if absent. */
  readonly inputsClock?: Clock;
  /** Index of the first input. @default 0 */
  readonly first?: number;
  /** What ended in earlier sessions; nothing if absent. */
  readonly kept?: PriorOutcomes;
  /** How long inputs took in earlier runs, for a task that has the slowest start first; nothing if it is not known. */
  readonly timeBefore?: TimeBefore;
}

/** What a task tells of itself. */
export interface TaskHooks<R> {
  /** Told of every event but `job-ended` and `job-kept`, which `results` tells. */
  readonly tell?: TellEvent;
  readonly results: ResultMaker<R>;
  readonly onFault: (fault: unknown) => void;
  /** It has had enough, and is to be halted; told once. */
  readonly onEnough: (halt: Halt) => void;
}

/** Makes what a task gives for each of its jobs. */
export interface ResultMaker<R> {
  /** Whether they say when each job has started, and how long it took. */
  readonly haveTimes: boolean;
  ofDone(jobs: Jobs, done: AllDone): ArrayLike<R>;
  /** Those of consecutive jobs, however they have ended; `how` says whether in this session or one before. */
  ofOutcomes(outcomes: readonly Outcome[], how: "job-ended" | "job-kept"): ArrayLike<R>;
}

const JOBS_TOLD: RunEvent = { kind: "jobs-told" };

/** The outcomes of the task of this name, each of which is told. */
export function outcomesOf(task: string, tell?: TellEvent): ResultMaker<Outcome> {
  const ofOutcomes: ResultMaker<Outcome>["ofOutcomes"] = (outcomes, how) => {
    if (!tell) return outcomes;
    for (const outcome of outcomes) tell({ kind: how, outcome });
    if (how === "job-ended") tell(JOBS_TOLD);
    return outcomes;
  };
  const ofDone: ResultMaker<Outcome>["ofDone"] = ({ first, inputs, attempt }, done) => {
    const { values, slot, pid, host } = done;
    const outcomes: Outcome[] = [];
    for (let i = 0; i < values.length; i++) {
      const outcome: Outcome & { host?: string } = {
        task,
        index: first + i,
        input: inputs[i],
        attempts: attempt,
        kind: "done",
        value: values[i],
        startedAt: startOf(done, i),
        durationMs: durationOf(done, i),
        slot,
        pid,
        output: undefined,
      };
      if (host !== undefined) outcome.host = host;
      outcomes.push(outcome);
    }
    return ofOutcomes(outcomes, "job-ended");
  };
  return { haveTimes: true, ofDone, ofOutcomes };
}

type NotDoneOutcome = Exclude<Outcome, { readonly kind: "done" }>;

/** The outcome of a job that did not end well, among values. */
export class NotDone {
  readonly outcome: NotDoneOutcome;

  constructor(outcome: NotDoneOutcome) {
    this.outcome = outcome;
  }
}

/** Values, and {@link NotDone} where there is none; nothing is told of any job. */
export const VALUES: ResultMaker<unknown> = {
  haveTimes: false,
  ofDone: (_, { values }) => values,
  ofOutcomes: (outcomes) =>
    outcomes.map((outcome) => outcome.kind === "done" ? outcome.value : new NotDone(outcome)),
};

/** A task that has been started, which gives an `R` for each job. */
export class TaskRun<R> implements AsyncDisposable {
  readonly task: Task;
  /** Resolves when the last job has ended, whether or not its outcome has been read. */
  readonly over: Promise<void>;
  readonly #engine: TaskEngine;
  readonly #window: Window<unknown, R>;
  readonly #sizer: WindowSizer;
  readonly #hooks: TaskHooks<R>;
  readonly #retries: RetryQueue;
  readonly #throttle?: Throttle;
  readonly #feed: TaskFeed;
  readonly #listener: Listener;
  readonly #counts = { "done": 0, "failed": 0, "timed-out": 0, "died": 0, "cancelled": 0 };
  readonly #halting?: Halting;
  /** How the last attempt has ended at each job that is tried again, by index. */
  readonly #lastEndings = new Map<number, Ending>();
  #hasEnough = false;
  #halted?: Halt["when"];
  /** Whether inputs were left unread when it was halted. */
  #isLeft = false;
  #stopped?: Promise<void>;

  constructor(
    task: Task,
    { engine, inputs, count, inputsClock, kept, timeBefore, ...reading }: TaskDependencies,
    limit: SlotLimit,
    rank: number,
    hooks: TaskHooks<R>,
  ) {
    this.task = task;
    const { tell } = hooks;
    this.#engine = engine;
    this.#hooks = hooks;
    this.#listener = this.#listenerTo(tell);
    this.#halting = task.halt && new Halting(task.halt);
    this.#sizer = new WindowSizer(task, !hooks.results.haveTimes, timeBefore !== undefined);
    let isCounted = count !== undefined;
    const onCount = (count: number) => {
      if (!isCounted) tell?.({ kind: "inputs-counted", task, count });
      isCounted = true;
    };
    const counted = this.#halting?.counted(inputs, onCount) ?? inputs;
    const longWait = inputsClock && new LongWait(() => {
      tell?.({ kind: "awaited", task: task.name, what: { kind: "input" } });
    }, inputsClock);
    const { ordered } = task;
    const { window } = this.#sizer;
    this.#window = new Window(counted, { window, ordered, longWait, onEnd: onCount, ...reading });
    tell?.({ kind: "inputs-counted", task, count });
    this.#retries = new RetryQueue(task.retries);
    this.#throttle = task.delayMs === undefined ? undefined : new Throttle(task.delayMs);
    this.#feed = new TaskFeed({
      window: this.#window,
      retries: this.#retries,
      throttle: this.#throttle,
      sizer: this.#sizer,
      prior: kept,
      slowest: timeBefore && { timeOf: timeBefore, slots: task.slots },
      onPrior: (jobs, outcomes) => this.#addPrior(jobs, outcomes),
      onFault: hooks.onFault,
      limit,
      rank,
    });
    this.over = engine.perform(this.#feed, this.#listener).catch((fault) => hooks.onFault(fault));
  }

  get counts(): Counts {
    return this.#counts;
  }

  get progress(): TaskProgress {
    const running = this.#engine.runningJobs?.().length ?? 0;
    return { task: this.task, taken: this.#window.taken, running, ended: { ...this.#counts } };
  }

  get running(): readonly RunningJob[] {
    const jobs = this.#engine.runningJobs?.() ?? [];
    return jobs.map((job) => ({ task: this.task.name, ...job }));
  }

  /** Whether it has as many successes as it was to be halted on, or else nothing went wrong with a job or the inputs. */
  get isWell(): boolean {
    if (this.#window.failure) return false;
    const { done: _, cancelled: __, ...notWell } = this.#counts;
    const hasSucceeded = this.#hasEnough && this.task.halt?.why === "success";
    return hasSucceeded || Object.values(notWell).every((count) => count === 0);
  }

  /** Whether a fold of the values counts: all inputs were done, or as many as were wanted. */
  get isWhole(): boolean {
    const isCut = this.#isLeft || this.#counts.cancelled > 0;
    return this.isWell && (this.#hasEnough || !isCut);
  }

  get isRetrying(): boolean {
    return !this.#retries.isEmpty;
  }

  next(): Promise<readonly R[] | undefined> {
    return this.#window.next();
  }

  /**
   * Starts no further job: those that run may end, or are ended. Jobs that have not started are cancelled, and
   * those that wait for another attempt have ended as the last one did.
   */
  halt(when: Halt["when"]): void {
    if (this.#halted === "now" || this.#halted === when) return;
    this.#halted = when;
    // Some inputs are known to have ended only when the next one is asked for.
    if (this.task.fold) this.#window.look();
    this.#isLeft ||= !this.#feed.isDry;
    this.#window.close().catch((fault) => this.#hooks.onFault(fault));
    for (const { index, input, attempt } of this.#retries.giveUp()) {
      this.#ended({ first: index, inputs: [input], attempt }, [cancelled()]);
    }
    cancelUnstarted(this.#listener, this.#feed.giveUp());
    this.#engine.halt?.(when);
  }

  /** As `halt("now")`, but jobs that wait for another attempt are cancelled: they may have it when the run is resumed. */
  end(): void {
    this.#lastEndings.clear();
    this.halt("now");
  }

  /** Ends it: all is stopped, and after what is ready, `next` throws this. */
  fail(reason: unknown): void {
    this.#window.fail(reason);
    // Who disposes of it is told what goes wrong.
    this[Symbol.asyncDispose]().catch(() => {});
  }

  /** Ends the slots; what has ended can still be read. */
  close(): PromiseLike<void> {
    return this.#engine[Symbol.asyncDispose]();
  }

  /** Stops inputs and work, at once. @throws What went wrong as the inputs were closed, or else the slots. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#retries.giveUp();
    this.#throttle?.stop();
    const closing = [this.#window.close(), this.close()];
    for (const closed of await Promise.allSettled(closing)) {
      if (closed.status === "rejected") throw closed.reason;
    }
  }

  #listenerTo(tell?: TellEvent): Listener {
    const task = this.task.name;
    return {
      started: (job, slot, output) => tell?.({ kind: "job-started", task, ...job, slot, output }),
      ended: (jobs, endings) =>
        "times" in endings ? this.#done(jobs, endings) : this.#ended(jobs, endings),
      printed: (bytes, slot) => tell?.({ kind: "printed", task, slot, bytes }),
      awaited: (what) => tell?.({ kind: "awaited", task, what }),
      opened: (slot, others) => tell?.({ kind: "slot-opened", task, slot, others }),
      lost: (slot, why) => tell?.({ kind: "slot-lost", task, slot, why }),
      strayed: (error, slot) => tell?.({ kind: "strayed", task, slot, error }),
    };
  }

  #done(jobs: Jobs, done: AllDone): void {
    const { length } = done.values;
    this.#counts.done += length;
    if (this.#lastEndings.size > 0) {
      for (let i = 0; i < length; i++) this.#lastEndings.delete(jobs.first + i);
    }
    if (this.#sizer.learn(jobs, done)) this.#window.resize(this.#sizer.window);
    this.#window.put(jobs.first, this.#hooks.results.ofDone(jobs, done));
    this.#lookWhetherEnough();
  }

  #ended(jobs: Jobs, endings: readonly Ending[]): void {
    let first = jobs.first;
    let outcomes: Outcome[] = [];
    for (const [i, ending] of endings.entries()) {
      const index = jobs.first + i;
      if (!this.#isRetried(jobs, index, ending)) {
        outcomes.push(this.#outcome(jobs, index, ending));
        continue;
      }
      this.#putOutcomes(first, outcomes);
      first = index + 1;
      outcomes = [];
    }
    this.#putOutcomes(first, outcomes);
    this.#lookWhetherEnough();
  }

  /** Also after another task has halted this one: it may reach its own number, or ask for more haste. */
  #lookWhetherEnough(): void {
    if (this.#hasEnough || !this.#halting?.isReached(this.#counts)) return;
    this.#hasEnough = true;
    this.#hooks.onEnough(this.task.halt as Halt);
  }

  #addPrior({ first, inputs }: Jobs, prior: readonly PriorOutcome[]): void {
    const outcomes = prior.map(({ ending, attempts }, i) =>
      this.#outcome({ first, inputs, attempt: attempts }, first + i, ending)
    );
    this.#window.put(first, this.#hooks.results.ofOutcomes(outcomes, "job-kept"));
    // Later, for the engine is just taking jobs, and the task may not even be known as started.
    queueMicrotask(() => this.#lookWhetherEnough());
  }

  #putOutcomes(first: number, outcomes: readonly Outcome[]): void {
    if (outcomes.length === 0) return;
    this.#window.put(first, this.#hooks.results.ofOutcomes(outcomes, "job-ended"));
  }

  #outcome(jobs: Jobs, index: number, ending: Ending): Outcome {
    const last = this.#lastEndings.size > 0 ? this.#lastEndings.get(index) : undefined;
    if (last) this.#lastEndings.delete(index);
    // The last attempt does not count if it has not started.
    const attempts = ending.startedAt === undefined ? jobs.attempt - 1 : jobs.attempt;
    if (last && attempts < jobs.attempt) {
      return this.#outcome({ ...jobs, attempt: attempts }, index, last);
    }
    const task = this.task.name;
    const input = jobs.inputs[index - jobs.first];
    this.#counts[ending.kind]++;
    if (ending.kind !== "done") return { task, index, input, attempts, ...ending };
    if (ending.host !== undefined) return { task, index, input, attempts, ...ending };
    // Not spread: most endings are of this kind, and a spread costs several times as much.
    const { kind, value, startedAt, durationMs, slot, pid, output } = ending;
    return { task, index, input, attempts, kind, value, startedAt, durationMs, slot, pid, output };
  }

  /** Has a job tried again, if it is to be; then it has not ended yet. */
  #isRetried({ first, inputs, attempt }: Jobs, index: number, ending: Ending): boolean {
    // It may have been started where nobody knows, and is not to be a second time.
    if (this.task.twice && ending.kind === "died" && ending.error.name === "Lost") return false;
    const waitMs = this.#halted ? undefined : this.#retries.waitAfter(ending, attempt);
    if (waitMs === undefined) return false;
    const input = inputs[index - first];
    const task = this.task.name;
    this.#hooks.tell?.({ kind: "job-retried", task, index, input, attempt, ending, waitMs });
    ending.output?.dropUnread();
    this.#lastEndings.set(index, ending);
    this.#retries.add({ index, input, attempt: attempt + 1 }, waitMs);
    return true;
  }
}
