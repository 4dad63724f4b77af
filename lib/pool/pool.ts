/**
 * A pool of slots that call the functions of a module, after Python's `multiprocessing.Pool`.
 *
 * @module
 */

import type { Context, Outcome } from "../job.ts";
import { areFlat } from "../engines/carry/wire.ts";
import { ApplyCalls } from "./apply_calls.ts";
import { type CallOptions, PoolCall, type PoolCallOptions, ValueStream } from "./pool_call.ts";
import { moduleUrl, type PoolOptions, poolTask } from "./pool_options.ts";
import { PoolSlots } from "./pool_slots.ts";
import { outcomesOf, VALUES } from "../run/task_run.ts";
import type { FirstOf, ParametersOf, ValueOf } from "../tasks_file/define_tasks.ts";

/** A module of which nothing is known. */
export type AnyModule = Readonly<Record<string, (...parameters: readonly unknown[]) => unknown>>;

/** Names of the functions that a module exports. */
export type FunctionName<M> =
  & { [K in keyof M]: M[K] extends (...parameters: never[]) => unknown ? K : never }[keyof M]
  & string;

/** Names of the functions that can be called with an input and a {@link Context}. */
export type MappableName<M> =
  & {
    [K in keyof M]: M[K] extends (input: never, context: Context) => unknown ? K : never;
  }[keyof M]
  & string;

/** Inputs, read as they are needed. */
export type PoolInputs<I> = Iterable<I> | AsyncIterable<I>;

/**
 * Calls the functions that a module exports on slots that are kept: Workers, or processes as soon as an option asks
 * for them. `Pool<typeof import("./numbers.ts")>` knows the names, inputs and results of the functions.
 *
 * Several calls at once take turns; to cancel one harms no other. Slots are started when there is work for them. A
 * function is called with an input and a {@link Context}, or, by `starmap` and `apply`, with its parameters. What
 * it prints is written to stdout and stderr at once. A pool of which nothing is asked and that has no jobs under way
 * does not keep the program alive.
 *
 * However a call ends, its inputs are closed by then, as a loop over them would do it that is left: `return()` is
 * called, and waited for up to 5 s; a stream is cancelled and unlocked. A generator that is just then about to give an
 * input closes when it has. What goes wrong as they are closed is thrown, or told on stderr where something had before;
 * so is, once in a call, that the next one of an asynchronous source has been awaited for 10 s.
 *
 * Other than in Python, inputs are read as they are needed, a slot that dies is replaced and its job named, no job takes
 * others of its chunk along, and an `init` that fails is a fault instead of a loop.
 *
 * @example Results in the order of the inputs
 * ```ts
 * import { Pool } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const module = new URL("../../tasks/multiprocessing.ts", import.meta.url);
 * await using pool = new Pool<typeof import("../../tasks/multiprocessing.ts")>(module, { jobs: 2 });
 * assertEquals(await pool.map("double", [1, 2, 3]), [2, 4, 6]);
 * ```
 *
 * @typeParam M What the module exports. @default Functions of which nothing is known.
 */
export class Pool<M extends object = AnyModule> implements AsyncDisposable {
  readonly #slots: PoolSlots;
  /** The calls by `apply`, by the name of their function: those with no object among their parameters, and others. */
  readonly #applied = {
    flat: new Map<string, ApplyCalls>(),
    other: new Map<string, ApplyCalls>(),
  };

  /**
   * A pool that has not started anything yet.
   *
   * @param module URL of the module, or its path from the working folder.
   * @throws {RangeError} If there are to be no slots, or another option cannot have its value.
   * @throws {TypeError} If the module is no URL or path, or options contradict each other.
   */
  constructor(module: URL | string, options: PoolOptions = {}) {
    this.#slots = new PoolSlots(moduleUrl(module), poolTask(options));
  }

  /** How many slots there are at the most. */
  get size(): number {
    return this.#slots.size;
  }

  /**
   * What the function makes of each input, in the order of the inputs. As all results are kept, and unless `window` or
   * `chunk` says otherwise, they may be 8192 for each slot ahead of the oldest job that runs.
   *
   * @throws {JobError} Of the first job, by index, that did not end well; the rest is stopped then.
   * @throws {RangeError} If `chunk` is no positive integer.
   * @throws {TypeError} If the module exports no such function; nothing is sent then.
   * @throws {Fault} If the slots do not start.
   */
  map<K extends MappableName<M>>(
    name: K,
    inputs: PoolInputs<FirstOf<M[K]>>,
    options: CallOptions = {},
  ): Promise<ValueOf<M[K]>[]> {
    return this.#all(name, inputs, options);
  }

  /**
   * As {@link Pool.map}, with each input, a list, spread over the parameters.
   *
   * @throws What {@link Pool.map} throws.
   */
  starmap<K extends FunctionName<M>>(
    name: K,
    inputs: PoolInputs<ParametersOf<M[K]>>,
    options: CallOptions = {},
  ): Promise<ValueOf<M[K]>[]> {
    return this.#all(name, inputs, { ...options, spread: true });
  }

  /**
   * The result of one call with these parameters.
   *
   * @throws What {@link Pool.map} throws.
   */
  async apply<K extends FunctionName<M>>(
    name: K,
    parameters: ParametersOf<M[K]>,
    options: CallOptions = {},
  ): Promise<ValueOf<M[K]>> {
    const { signal, chunk } = options;
    if (signal || chunk !== undefined) {
      const [value] = await this.#all(name, [parameters], { ...options, spread: true });
      return value as ValueOf<M[K]>;
    }
    this.#slots.start();
    const isFlat = Array.isArray(parameters) && areFlat(parameters);
    // Nothing of them may hold the pool: one that is dropped can be collected.
    const applied = this.#applied[isFlat ? "flat" : "other"];
    let calls = applied.get(name);
    if (!calls) {
      calls = new ApplyCalls(this.#slots, name, isFlat, () => applied.delete(name));
      applied.set(name, calls);
    }
    return await calls.call(parameters) as ValueOf<M[K]>;
  }

  /**
   * As {@link Pool.map}, one by one as they are ready, in the order of the inputs. Work begins with the first that is
   * asked for, runs ahead by a window (a wider one while inputs and values are numbers), and stops when the loop is left.
   *
   * @throws What {@link Pool.map} throws, when it is the turn of the job.
   */
  imap<K extends MappableName<M>>(
    name: K,
    inputs: PoolInputs<FirstOf<M[K]>>,
    options: CallOptions = {},
  ): AsyncGenerator<ValueOf<M[K]>, void, undefined> {
    return this.#each(name, inputs, options);
  }

  /**
   * As {@link Pool.imap}, in the order in which jobs end.
   *
   * @throws What {@link Pool.map} throws; of several jobs the first to end.
   */
  imapUnordered<K extends MappableName<M>>(
    name: K,
    inputs: PoolInputs<FirstOf<M[K]>>,
    options: CallOptions = {},
  ): AsyncGenerator<ValueOf<M[K]>, void, undefined> {
    return this.#each(name, inputs, { ...options, ordered: false });
  }

  /**
   * How each job ended, in the order of the inputs: no job has it throw. Leaving the loop stops the work.
   *
   * @throws {TypeError} If the module exports no such function.
   * @throws {Fault} If the slots do not start.
   */
  outcomes<K extends MappableName<M>>(
    name: K,
    inputs: PoolInputs<FirstOf<M[K]>>,
    options: CallOptions = {},
  ): AsyncGenerator<Outcome, void, undefined> {
    const results = outcomesOf(name);
    return new ValueStream(() => new PoolCall(this.#slots, name, inputs, results, options));
  }

  /**
   * Takes no further calls; resolves when those that were made have ended, and the slots with them. A stream that
   * nobody asks for more is waited for until the jobs of the inputs that were read have ended. It can still be read
   * to its end, and the slots end with it; meanwhile they do not keep the program alive.
   */
  close(): Promise<void> {
    return this.#slots.close();
  }

  /** Stops all at once: calls that wait reject. Resolves when the slots are gone. */
  terminate(): Promise<void> {
    return this.#slots.terminate();
  }

  /** As {@link Pool.terminate}: what was awaited has ended. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate();
  }

  async #all<V>(name: string, inputs: PoolInputs<unknown>, options: PoolCallOptions): Promise<V[]> {
    return await this.#open(name, inputs, { ...options, keepsAll: true }).all() as V[];
  }

  #each<V>(name: string, inputs: PoolInputs<unknown>, options: PoolCallOptions): ValueStream<V> {
    return new ValueStream(() => this.#open(name, inputs, options));
  }

  #open(name: string, inputs: PoolInputs<unknown>, options: PoolCallOptions): PoolCall<unknown> {
    return new PoolCall(this.#slots, name, inputs, VALUES, options);
  }
}
