/**
 * One call of a pool: inputs on one side, outcomes on the other.
 *
 * @module
 */

import { UNHELD } from "../time/clock.ts";
import type { CallEngine } from "../engines/kept/multiplexer.ts";
import { isAsync, isIterable, type Items } from "../streams/iteration.ts";
import { SlotLimit } from "../run/task_feed.ts";
import { WIDEST_PER_SLOT } from "../run/window.ts";
import { NotDone, type ResultMaker, TaskRun } from "../run/task_run.ts";
import { JobError } from "./job_error.ts";
import { isCount } from "../rules/quantities.ts";
import type { Caller, PoolSlots } from "./pool_slots.ts";

/** How one call of a pool goes. */
export interface CallOptions {
  /** Ends the call: it rejects with the reason of the signal, and what runs for it is stopped. */
  readonly signal?: AbortSignal;
  /** Inputs that go to a slot in one message. @default that of the pool */
  readonly chunk?: number | "auto";
}

/** How a call goes, by the method that makes it. */
export interface PoolCallOptions extends CallOptions {
  /** Whether inputs are lists, spread over the parameters. @default false */
  readonly spread?: boolean;
  /** Whether outcomes come in the order of the inputs. @default true */
  readonly ordered?: boolean;
  /** Whether all results are kept, however many there are. @default false */
  readonly keepsAll?: boolean;
}

/** A call under way, which gives an `R` for each job, and has its turn on the slots until it is disposed of. */
export class PoolCall<R> implements Caller, AsyncDisposable {
  readonly #slots: PoolSlots;
  readonly #name: string;
  readonly #run: TaskRun<R>;
  readonly #engine: CallEngine;
  /** How many wait for results, and for its end. */
  #asked = 0;
  #isBusy = false;
  #isOver = false;
  readonly #signal?: AbortSignal;
  readonly #abort = () => this.fail(this.#signal?.reason);
  #ended?: Promise<void>;
  #givenUp?: Promise<void>;

  /**
   * A call that has begun.
   *
   * @throws {RangeError} If `chunk` is no positive integer.
   * @throws {TypeError} If the inputs cannot be iterated over, or the module has no such function.
   * @throws {Error} If the pool takes no calls any more.
   * @throws The reason of the signal, if it was aborted before.
   */
  constructor(
    slots: PoolSlots,
    name: string,
    inputs: Items,
    results: ResultMaker<R>,
    { signal, chunk, spread = false, ordered = true, keepsAll = false }: PoolCallOptions,
  ) {
    if (!isIterable(inputs)) {
      const what = `Cannot call "${name}" with ${Deno.inspect(inputs)} as inputs`;
      throw new TypeError(`${what}: wanted something to iterate over`);
    }
    if (chunk !== undefined && chunk !== "auto" && !isCount(chunk)) {
      const what = `Cannot call "${name}" with ${Deno.inspect(chunk)} as "chunk"`;
      throw new RangeError(`${what}: wanted a positive integer, or "auto"`);
    }
    signal?.throwIfAborted();
    this.#slots = slots;
    this.#name = name;
    this.#signal = signal;
    slots.start();
    this.check();
    const task = slots.taskOf(name, spread);
    const changed = { ...task, ordered, chunk: chunk ?? task.chunk };
    if (keepsAll && changed.chunk === "auto" && Symbol.iterator in Object(inputs)) {
      changed.window ??= changed.slots * WIDEST_PER_SLOT;
    }
    const engine = slots.engineOf({ name, spread, chunk, isTimed: results.haveTimes });
    this.#engine = engine;
    // What waits for inputs does not keep this process there.
    const inputsClock = isAsync(inputs) ? UNHELD : undefined;
    this.#run = new TaskRun(changed, { engine, inputs, inputsClock }, new SlotLimit(Infinity), 0, {
      tell: (event) => slots.tell(event),
      results,
      onFault: (fault) => this.fail(fault),
      onEnough: () => {},
    });
    slots.enter(this);
    engine.onTurn = () => this.look();
    // Whoever wants all is there until it ends.
    if (keepsAll) this.#asked++;
    this.look();
    signal?.addEventListener("abort", this.#abort);
  }

  /** All results, of a call that keeps all; it has ended then. @throws {JobError} Of the first job that did not end well. */
  async all(): Promise<R[]> {
    const all: R[] = [];
    try {
      for (let some = await this.#run.next(); some; some = await this.#run.next()) {
        for (const result of some) {
          if (result instanceof NotDone) throw new JobError(result.outcome);
          all.push(result);
        }
      }
    } catch (thrown) {
      await this.giveUp();
      throw thrown;
    }
    await this[Symbol.asyncDispose]();
    return all;
  }

  async next(): Promise<readonly R[] | undefined> {
    this.#asked++;
    this.look();
    try {
      return await this.#run.next();
    } finally {
      this.#asked--;
      this.look();
    }
  }

  /** Ends it: all is stopped, and after what is ready, `next` throws this. */
  fail(reason: unknown): void {
    this.#run.fail(reason);
    this.giveUp();
  }

  /** Ends it where something has gone wrong, which counts: what goes wrong now is told on stderr. Never rejects. */
  giveUp(): Promise<void> {
    return this.#givenUp ??= this[Symbol.asyncDispose]().catch((late) =>
      this.#slots.tellLate(this.#name, late)
    );
  }

  check(): void {
    this.#slots.checkExport(this.#name);
  }

  /** Leaves the rest of the inputs unread, and stops what runs. @throws What went wrong as they were closed. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#ended ??= this.#end();
  }

  async #end(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#asked++;
    this.look();
    try {
      await this.#run[Symbol.asyncDispose]();
    } finally {
      this.#isOver = true;
      this.look();
      this.#slots.leave(this);
    }
  }

  /** Tells the slots whether it is busy, where that has changed. */
  look(): void {
    // What has not been read of a pool that is closed was not accepted, as long as nobody asks for it.
    this.#engine.pause(this.#asked === 0 && this.#slots.isClosed);
    const isBusy = !this.#isOver &&
      (this.#asked > 0 || this.#engine.isAtWork || this.#run.isRetrying);
    if (isBusy === this.#isBusy) return;
    this.#isBusy = isBusy;
    this.#slots.turn(isBusy);
  }
}

/** Ends the calls of streams that nobody can ask any more: their inputs are closed, and their results held no longer. */
const dropped = new FinalizationRegistry<PoolCall<unknown>>((call) => void call.giveUp());

/**
 * Yields the values of a call as a generator would: the call is opened when the first is asked for, and disposed of at
 * the end. Those that are ready are given without a turn of a generator, which takes three times as long.
 */
export class ValueStream<V> implements AsyncGenerator<V, void, undefined> {
  readonly #open: () => PoolCall<unknown>;
  #call?: PoolCall<unknown>;
  #ready: readonly unknown[] = [];
  #at = 0;
  #isOver = false;
  /** What was asked for and has not been answered: each waits for the one before. */
  #asked = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(open: () => PoolCall<unknown>) {
    this.#open = open;
  }

  next(): Promise<IteratorResult<V, void>> {
    const value = this.#ready[this.#at];
    if (this.#asked > 0 || this.#at === this.#ready.length || value instanceof NotDone) {
      return this.#inTurn(() => this.#next());
    }
    this.#at++;
    return Promise.resolve({ done: false, value: value as V });
  }

  return(): Promise<IteratorResult<V, void>> {
    return this.#inTurn(() => this.#end());
  }

  throw(reason: unknown): Promise<IteratorResult<V, void>> {
    return this.#inTurn(async () => {
      await this.#end();
      throw reason;
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    this.#asked++;
    const acted = this.#last.then(act).finally(() => this.#asked--);
    this.#last = acted.catch(() => {});
    return acted;
  }

  async #next(): Promise<IteratorResult<V, void>> {
    if (this.#isOver) return { done: true, value: undefined };
    try {
      if (this.#at === this.#ready.length) {
        if (!this.#call) {
          this.#call = this.#open();
          dropped.register(this, this.#call, this);
        }
        this.#ready = await this.#call.next() ?? [];
        this.#at = 0;
      }
      if (this.#ready.length === 0) return await this.#end();
      const result = this.#ready[this.#at++];
      if (result instanceof NotDone) throw new JobError(result.outcome);
      return { done: false, value: result as V };
    } catch (thrown) {
      await this.#leave()?.giveUp();
      throw thrown;
    }
  }

  async #end(): Promise<IteratorResult<V, void>> {
    await this.#leave()?.[Symbol.asyncDispose]();
    return { done: true, value: undefined };
  }

  #leave(): PoolCall<unknown> | undefined {
    this.#isOver = true;
    this.#ready = [];
    this.#at = 0;
    const call = this.#call;
    this.#call = undefined;
    dropped.unregister(this);
    return call;
  }
}
