/**
 * One task of a run: its inputs on one side of a window, its outcomes on the other.
 *
 * @module
 */

import type { Engine, Feed, Jobs, Listener } from "./engines/engine.ts";
import type { Counts, Ending, ErrorRecord, JobId, Outcome, Output, RunEvent, Task } from "./job.ts";
import type { Limit } from "./limit.ts";
import { RetryQueue } from "./retries.ts";
import { Window } from "./window.ts";

/** How many jobs a slot's results may run ahead, where the task does not say. */
const WINDOW_PER_SLOT = 2048;

/** Into how many parts a slot's share of the window is cut: two messages there, two on their way back. */
const PARTS = 4;

/** What a task runs on. */
export interface TaskParts {
  readonly engine: Engine;
  readonly inputs: Iterable<unknown> | AsyncIterable<unknown>;
}

/** A task that has been started. */
export class TaskRun implements AsyncDisposable {
  readonly task: Task;
  /** Resolves when the last job has ended, whether or not its outcome has been read. */
  readonly over: Promise<void>;
  readonly #engine: Engine;
  readonly #window: Window<unknown, Outcome>;
  readonly #tell: (event: RunEvent) => void;
  readonly #retries: RetryQueue;
  readonly #counts = { "done": 0, "failed": 0, "timed-out": 0, "died": 0 };

  constructor(
    task: Task,
    { engine, inputs }: TaskParts,
    limit: Limit,
    rank: number,
    tell: (event: RunEvent) => void,
    onFault: (fault: unknown) => void,
  ) {
    this.task = task;
    this.#engine = engine;
    this.#tell = tell;
    const { ordered, slots, window = windowOf(task, batchOf(task)) } = task;
    this.#window = new Window(inputs, { window, ordered });
    this.#retries = new RetryQueue(task.retries);
    const share = Math.max(1, Math.floor(window / slots / PARTS));
    const feed = new WindowFeed(this.#window, this.#retries, limit, rank, share);
    this.over = engine.perform(feed, this.#listener()).catch((fault) => onFault(fault));
  }

  /** How its jobs have ended so far. */
  get counts(): Counts {
    return this.#counts;
  }

  /** Whether no job has ended otherwise than `done`. */
  get isWell(): boolean {
    const { done: _, ...notWell } = this.#counts;
    return Object.values(notWell).every((count) => count === 0);
  }

  /** The next outcomes that are ready; `undefined` after the last. */
  next(): Promise<readonly Outcome[] | undefined> {
    return this.#window.next();
  }

  /** Ends it: after what is ready, `next` throws this. */
  fail(reason: unknown): void {
    this.#retries.clear();
    this.#window.fail(reason);
  }

  /** Ends the slots; what has ended can still be read. */
  close(): PromiseLike<void> {
    return this.#engine[Symbol.asyncDispose]();
  }

  /** Stops the inputs and the work. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#retries.clear();
    await this.#window.close();
    await this.close();
  }

  #listener(): Listener {
    const task = this.task.name;
    return {
      started: (job: Omit<JobId, "task">, slot: number, output: Output) =>
        this.#tell({ kind: "job-started", task, ...job, slot, output }),
      ended: (jobs: Jobs, endings: readonly Ending[]) => this.#ended(jobs, endings),
      printed: (bytes: Uint8Array, slot: number) =>
        this.#tell({ kind: "printed", task, slot, bytes }),
      strayed: (error: ErrorRecord, slot: number) =>
        this.#tell({ kind: "strayed", task, slot, error }),
    };
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
      this.#put(first, outcomes);
      first = index + 1;
      outcomes = [];
    }
    this.#put(first, outcomes);
  }

  #put(first: number, outcomes: readonly Outcome[]): void {
    if (outcomes.length === 0) return;
    for (const outcome of outcomes) this.#tell({ kind: "job-ended", outcome });
    this.#window.put(first, outcomes);
  }

  #outcome(jobs: Jobs, index: number, ending: Ending): Outcome {
    const task = this.task.name;
    const input = jobs.inputs[index - jobs.first];
    const attempts = jobs.attempt;
    this.#counts[ending.kind]++;
    if (ending.kind !== "done") return { task, index, input, attempts, ...ending };
    // Not spread: most endings are of this kind, and a spread costs several times as much.
    const { kind, value, startedAt, durationMs, slot, pid, output } = ending;
    return { task, index, input, attempts, kind, value, startedAt, durationMs, slot, pid, output };
  }

  /** Has a job tried again, if it is to be: then this was not yet how it ends. */
  #isRetried({ first, inputs, attempt }: Jobs, index: number, ending: Ending): boolean {
    const waitMs = this.#retries.waitAfter(ending, attempt);
    if (waitMs === undefined) return false;
    const input = inputs[index - first];
    const task = this.task.name;
    this.#tell({ kind: "job-retried", task, index, input, attempt, ending, waitMs });
    ending.output?.drop();
    this.#retries.add({ index, input, attempt: attempt + 1 }, waitMs);
    return true;
  }
}

/**
 * How far results may run ahead, where a task does not say.
 *
 * @param batch How many inputs that were read make one: as much is held then in fewer jobs.
 */
export function windowOf(
  { slots, chunk }: Pick<Task, "slots" | "chunk">,
  batch: number = 1,
): number {
  const chunks = chunk === "auto" ? 1 : chunk * PARTS;
  return slots * Math.max(PARTS, Math.floor(WINDOW_PER_SLOT / batch), chunks);
}

function batchOf({ source }: Task): number {
  return source.kind === "modified" ? source.batch ?? 1 : 1;
}

/** The window as an engine sees it. */
class WindowFeed implements Feed {
  onChange: () => void = () => {};
  readonly #window: Window<unknown, Outcome>;
  readonly #retries: RetryQueue;
  readonly #limit: Limit;
  readonly #rank: number;
  readonly #share: number;

  /** @param share The most jobs that are taken at once: one slot must not take all that others wait for. */
  constructor(
    window: Window<unknown, Outcome>,
    retries: RetryQueue,
    limit: Limit,
    rank: number,
    share: number,
  ) {
    this.#window = window;
    this.#retries = retries;
    this.#limit = limit;
    this.#rank = rank;
    this.#share = share;
    window.onChange = () => this.onChange();
    retries.onDue = () => this.onChange();
  }

  get isDry(): boolean {
    return this.#window.isDry && this.#retries.isEmpty;
  }

  /** What is tried again goes before what is new: results behind it wait for it. */
  take(max: number): Jobs | undefined {
    const retry = this.#retries.take();
    if (retry) return { first: retry.index, inputs: [retry.input], attempt: retry.attempt };
    const taken = this.#window.take(Math.min(max, this.#share));
    return taken && { first: taken.first, inputs: taken.items, attempt: 1 };
  }

  enter(): boolean {
    return this.#limit.enter(this.#rank, () => this.onChange());
  }

  leave(): void {
    this.#limit.leave();
  }
}
