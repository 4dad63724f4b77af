/**
 * The calls of a function by `apply`: each is for itself, and many that are under way share messages.
 *
 * @module
 */

import type { AllDone, Jobs } from "../engines/consecutive_jobs.ts";
import type { CallEngine } from "../engines/kept/multiplexer.ts";
import type { Outcome } from "../job.ts";
import { SlotLimit } from "../run/task_feed.ts";
import { NotDone, type ResultMaker, TaskRun } from "../run/task_run.ts";
import type { AtHand } from "../streams/iteration.ts";
import { JobError } from "./job_error.ts";
import type { Caller, PoolSlots } from "./pool_slots.ts";

/** A call that waits. */
interface Waiting {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

/** The calls of one function, which are jobs of one task that has no end of its own. */
export class ApplyCalls implements Caller {
  readonly #slots: PoolSlots;
  readonly #name: string;
  readonly #onEnd: () => void;
  readonly #engine: CallEngine;
  readonly #run: TaskRun<unknown>;
  readonly #parameters = new Queue<readonly unknown[]>();
  /** Those under way, by the index of their job. */
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #isBusy = false;
  /** Whether it is about to look whether it is still busy. */
  #isLooking = false;
  #ended?: Promise<void>;

  /**
   * Ready for the first call.
   *
   * @param isFlat Whether no parameter is an object: in one message calls would share those, and see each other's changes.
   * @param onEnd Told when it takes no more.
   * @throws What {@link PoolSlots.start} throws, and a {@link TypeError} if the module is known not to have the function.
   */
  constructor(slots: PoolSlots, name: string, isFlat: boolean, onEnd: () => void) {
    this.#slots = slots;
    this.#name = name;
    this.#onEnd = onEnd;
    this.check();
    const task = slots.taskOf(name, true);
    // None is to wait behind another, whatever was said of the chunks of lists.
    const chunk = isFlat && slots.areRecalled ? "auto" : 1;
    this.#engine = slots.engineOf({ name, spread: true, chunk, isTimed: false, isApart: true });
    this.#run = new TaskRun(
      // All parameters are held anyway, and none waits for one that is to be tried again.
      { ...task, ordered: false, window: Infinity, chunk },
      { engine: this.#engine, inputs: this.#parameters },
      new SlotLimit(Infinity),
      0,
      {
        tell: (event) => slots.tell(event),
        results: this.#results(),
        onFault: (fault) => this.fail(fault),
        onEnough: () => {},
      },
    );
    slots.enter(this);
    this.#engine.rest(true);
    this.#read();
  }

  /** The result of one call with these parameters. @throws {JobError} If it does not end well. */
  async call(parameters: readonly unknown[]): Promise<unknown> {
    const result = await new Promise((resolve, reject) => {
      this.#waiting.set(this.#count++, { resolve, reject });
      this.#parameters.push(parameters);
      if (!this.#isBusy) this.#turn(true);
    });
    // Made here, its stack says who made the call.
    if (result instanceof NotDone) throw new JobError(result.outcome);
    return result;
  }

  check(): void {
    this.#slots.checkExport(this.#name);
  }

  /** Ends it: all that wait fail so. */
  fail(reason: unknown): void {
    this.#run.fail(reason);
    this.#end(reason);
  }

  giveUp(): Promise<void> {
    return this.#end(undefined);
  }

  closed(): Promise<void> | undefined {
    return this.#waiting.size === 0 ? this.#end(undefined) : undefined;
  }

  look(): void {
    if (this.#waiting.size === 0) this.#lookLater();
  }

  #results(): ResultMaker<unknown> {
    return {
      haveTimes: false,
      ofDone: ({ first }: Jobs, { values }: AllDone) => {
        for (let i = 0; i < values.length; i++) this.#settle(first + i)?.resolve(values[i]);
        return values;
      },
      ofOutcomes: (outcomes: readonly Outcome[]) => {
        for (const outcome of outcomes) {
          const waiting = this.#settle(outcome.index);
          if (outcome.kind === "done") waiting?.resolve(outcome.value);
          // Each is a call of its own.
          else waiting?.resolve(new NotDone({ ...outcome, index: 0 }));
        }
        return outcomes;
      },
    };
  }

  #settle(index: number): Waiting | undefined {
    const waiting = this.#waiting.get(index);
    this.#waiting.delete(index);
    if (this.#waiting.size === 0) this.#lookLater();
    return waiting;
  }

  /** Makes room for further jobs; each result has its reader already. */
  async #read(): Promise<void> {
    try {
      while (await this.#run.next());
    } catch {
      // All that wait know.
    }
  }

  /** Who awaits one call after the other makes the next one by then. */
  #lookLater(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      if (this.#waiting.size > 0) return;
      if (this.#isBusy) this.#turn(false);
      if (this.#slots.isClosed) this.#end(undefined);
    });
  }

  #turn(isBusy: boolean): void {
    this.#isBusy = isBusy;
    this.#engine.rest(!isBusy);
    this.#slots.turn(isBusy);
  }

  #end(reason: unknown): Promise<void> {
    return this.#ended ??= this.#stop(reason);
  }

  async #stop(reason: unknown): Promise<void> {
    this.#onEnd();
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
    if (this.#isBusy) this.#turn(false);
    await this.#run[Symbol.asyncDispose]().catch((late) => this.#slots.tellLate(this.#name, late));
    this.#slots.leave(this);
  }
}

/** Items that are put in on one side and iterated over on the other; it has no end. */
class Queue<T> implements AsyncIterable<T>, AsyncIterator<T, undefined>, AtHand<T> {
  #items: T[] = [];
  #wake?: (step: IteratorResult<T, undefined>) => void;

  push(item: T): void {
    const wake = this.#wake;
    this.#wake = undefined;
    if (wake) wake({ done: false, value: item });
    else this.#items.push(item);
  }

  takeAtHand(max: number): readonly T[] {
    if (max < this.#items.length) return this.#items.splice(0, max);
    const items = this.#items;
    this.#items = [];
    return items;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const [item] = this.takeAtHand(1);
    if (item !== undefined) return Promise.resolve({ done: false, value: item });
    return new Promise((wake) => this.#wake = wake);
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#wake?.({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
