/**
 * One task of a run: its inputs on one side of a window, its outcomes on the other.
 *
 * @module
 */

import type { Engine, Feed, Jobs, Listener } from "./engines/engine.ts";
import type { Counts, Ending, ErrorRecord, JobId, Outcome, Output, RunEvent, Task } from "./job.ts";
import type { Limit } from "./limit.ts";
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
  readonly #counts = { done: 0, failed: 0, died: 0 };

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
    const share = Math.max(1, Math.floor(window / slots / PARTS));
    this.over = engine.perform(new WindowFeed(this.#window, limit, rank, share), this.#listener())
      .catch((fault) => onFault(fault));
  }

  /** How its jobs have ended so far. */
  get counts(): Counts {
    return this.#counts;
  }

  /** Whether no job has ended otherwise than `done`. */
  get isWell(): boolean {
    return this.#counts.failed === 0 && this.#counts.died === 0;
  }

  /** The next outcomes that are ready; `undefined` after the last. */
  next(): Promise<readonly Outcome[] | undefined> {
    return this.#window.next();
  }

  /** Ends it: after what is ready, `next` throws this. */
  fail(reason: unknown): void {
    this.#window.fail(reason);
  }

  /** Ends the slots; what has ended can still be read. */
  close(): PromiseLike<void> {
    return this.#engine[Symbol.asyncDispose]();
  }

  /** Stops the inputs and the work. */
  async [Symbol.asyncDispose](): Promise<void> {
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

  #ended({ first, inputs }: Jobs, endings: readonly Ending[]): void {
    const task = this.task.name;
    const outcomes = endings.map((ending, i): Outcome => {
      this.#counts[ending.kind]++;
      const [index, input, attempts] = [first + i, inputs[i], 1];
      if (ending.kind !== "done") return { task, index, input, attempts, ...ending };
      // Not spread: most endings are of this kind, and a spread costs several times as much.
      const { kind, value, startedAt, durationMs, slot, pid, output } = ending;
      return {
        task,
        index,
        input,
        attempts,
        kind,
        value,
        startedAt,
        durationMs,
        slot,
        pid,
        output,
      };
    });
    for (const outcome of outcomes) this.#tell({ kind: "job-ended", outcome });
    this.#window.put(first, outcomes);
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
  readonly #limit: Limit;
  readonly #rank: number;
  readonly #share: number;

  /** @param share The most jobs that are taken at once: one slot must not take all that others wait for. */
  constructor(window: Window<unknown, Outcome>, limit: Limit, rank: number, share: number) {
    this.#window = window;
    this.#limit = limit;
    this.#rank = rank;
    this.#share = share;
    window.onChange = () => this.onChange();
  }

  get isDry(): boolean {
    return this.#window.isDry;
  }

  take(max: number): Jobs | undefined {
    const taken = this.#window.take(Math.min(max, this.#share));
    return taken && { first: taken.first, inputs: taken.items };
  }

  enter(): boolean {
    return this.#limit.enter(this.#rank, () => this.onChange());
  }

  leave(): void {
    this.#limit.leave();
  }
}
