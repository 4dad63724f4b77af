/**
 * The fold of a task on its way through the values.
 *
 * @module
 */

import { CLOCK, type Clock, LongWait } from "../time/clock.ts";
import { GRACE_MS } from "../engines/stopped.ts";
import { toErrorRecord } from "../errors/error_record.ts";
import type { Awaited } from "../events.ts";
import type { Outcome, Task } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { faultOf } from "../errors/reason.ts";

/** Joins a value to what came of those before it. */
export type FoldFunction = (soFar: unknown, value: unknown, index: number) => unknown;

export interface FoldingDependencies {
  fold(task: Task): Promise<FoldFunction>;
  /** The value of an outcome that is done, as folds are given it. */
  valueOf(task: Task, outcome: Outcome): Promise<unknown>;
  /** What folds are waited for by. @default the time */
  readonly clock?: Clock;
}

/**
 * Joins the values of a task. A fold is code of the user: it may never settle, and cannot be stopped. So a long wait is
 * told, and the fold can be left.
 */
export class Folding implements Disposable {
  readonly #task: Task;
  readonly #dependencies: FoldingDependencies;
  readonly #clock: Clock;
  readonly #longWait: LongWait;
  #fold?: FoldFunction;
  #soFar: unknown;
  #isEmpty: boolean;
  /** Index of the job whose value is joined; none while the function is loaded. */
  #index?: number;
  #isLeft = false;
  /** Ends the wait for what has not settled, if there is one. */
  #leave?: () => void;
  /** How much longer it may be waited for, in ms; without end if absent. */
  #leftMs?: number;
  #callOff?: () => void;

  /** @param tell Told once of what has been awaited for long. */
  constructor(task: Task, dependencies: FoldingDependencies, tell: (what: Awaited) => void) {
    this.#task = task;
    this.#dependencies = dependencies;
    this.#clock = dependencies.clock ?? CLOCK;
    this.#longWait = new LongWait(() => tell({ kind: "fold", index: this.#index }), this.#clock);
    this.#soFar = task.fold?.initial?.value;
    this.#isEmpty = task.fold?.initial === undefined;
  }

  /** What came of the values; nothing if it was left. */
  get result(): { readonly value: unknown } | undefined {
    return this.#isLeft ? undefined : { value: this.#soFar };
  }

  /** Loads the function. @throws {Fault} If that cannot be. */
  async load(): Promise<void> {
    await this.#settled(this.#dependencies.fold(this.#task), (fold) => this.#fold = fold);
  }

  /**
   * Joins the values of those outcomes that are done; gives the outcomes with the values in them. Those that come after
   * it was left are given all the same.
   *
   * @throws {Fault} If the fold throws.
   */
  async addAll(outcomes: readonly Outcome[]): Promise<Outcome[]> {
    const added: Outcome[] = [];
    for (const outcome of outcomes) {
      added.push(outcome.kind === "done" ? await this.#add(outcome) : outcome);
    }
    return added;
  }

  /** Joins nothing any more, and waits for nothing. */
  leave(): void {
    this.#isLeft = true;
    this.#leave?.();
    this[Symbol.dispose]();
  }

  /** Limits all waits for it from now on, together, to the grace of the task; then it is left. */
  limitWaits(): void {
    if (this.#leftMs !== undefined) return;
    this.#leftMs = this.#task.graceMs ?? GRACE_MS;
    if (this.#leave) this.#limit();
  }

  [Symbol.dispose](): void {
    this.#longWait.stop();
    this.#callOff?.();
  }

  async #add(outcome: Outcome): Promise<Outcome> {
    const value = await this.#dependencies.valueOf(this.#task, outcome);
    if (!this.#isLeft) {
      if (this.#isEmpty) this.#soFar = value;
      else await this.#join(value, outcome.index);
      this.#isEmpty = false;
    }
    return { ...outcome, value } as Outcome;
  }

  async #join(value: unknown, index: number): Promise<void> {
    this.#index = index;
    try {
      const joined = this.#fold?.(this.#soFar, value, index);
      if (isPromise(joined)) await this.#settled(joined, (soFar) => this.#soFar = soFar);
      else this.#soFar = joined;
    } catch (cause) {
      const what = `Cannot fold the value of job ${jobNumber(index)} of task "${this.#task.name}"`;
      throw faultOf("tasks", what, toErrorRecord(cause), { cause });
    }
  }

  /** Resolves when a promise is fulfilled, with which something is done, or when all is left. */
  async #settled<T>(promise: PromiseLike<T>, use: (value: T) => void): Promise<void> {
    if (this.#isLeft) return;
    this.#longWait.begin();
    const settling = new Promise<void>((resolve, reject) => {
      this.#leave = resolve;
      Promise.resolve(promise).then((value) => {
        if (!this.#isLeft) use(value);
        resolve();
      }, reject);
    });
    this.#limit();
    try {
      await settling;
    } finally {
      this.#leave = undefined;
      this.#longWait.end();
      this.#callOff?.();
    }
  }

  /** Has this wait end with the time that is left, if it is limited. */
  #limit(): void {
    const ms = this.#leftMs;
    if (ms === undefined) return;
    const start = this.#clock.now();
    const callOff = this.#clock.after(ms, () => this.leave());
    this.#callOff = () => {
      callOff();
      this.#leftMs = Math.max(0, ms - (this.#clock.now() - start));
      this.#callOff = undefined;
    };
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") && value !== null &&
    "then" in value && typeof value.then === "function";
}
