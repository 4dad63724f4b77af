/**
 * Tasks files in TypeScript.
 *
 * @module
 */

import type { Context } from "../job.ts";
import type { Defaults } from "../rules/rules.ts";
import type { Inputs, SourceOf } from "../inputs/sources.ts";

/** What a tasks file in TypeScript is recognised by, also where another copy of this module made it. */
export const TASKS_FILE: unique symbol = Symbol.for("fanfold.tasks") as never;

/** What `defineTasks()` makes, for a tasks file to export as its default. */
export interface TasksFile {
  /** Marks it. */
  readonly [TASKS_FILE]: true;
  /** What holds for every task that does not say otherwise. */
  readonly defaults?: Defaults;
  /** What each task says, by name. */
  readonly tasks: Readonly<Record<string, unknown>>;
}

/** The keys of a task that have nothing to do with the type of its inputs. */
export interface Rules extends Defaults {
  /** What the task does, in one line. */
  readonly description?: string;
  /** A program and its arguments, with replacement strings; no shell reads them. */
  readonly command?: readonly (string | number)[];
  /** A script for `sh`. */
  readonly shell?: string;
  /** Tasks that must end well before this one starts. */
  readonly needs?: string | readonly string[];
}

/** A task that is called with one input at a time. */
export interface Each<I, F> extends Rules {
  /** The function, itself or as `module#export`. */
  readonly run?: string | (IsOpen<F> extends true ? TaskFunction<I> : TaskFunction<never>);
  /** What the task is applied to; without, the function is called once, with `undefined`. */
  readonly inputs?: IsOpen<F> extends true ? Inputs<I> | SourceOf<unknown>
    : Inputs<FirstOf<F>> | SourceOf<FirstOf<F>>;
  /** Inputs are passed as they are. */
  readonly spread?: false;
  /** Not with inputs. */
  readonly args?: undefined;
}

/** A task whose inputs are lists, spread over the parameters. */
export interface Spread<F> extends Rules {
  /** The function, itself or as `module#export`. */
  readonly run: F;
  /** The lists, or a source of lists. */
  readonly inputs: Inputs<ParametersOf<F>> | SourceOf<ParametersOf<F>>;
  /** Inputs are spread over the parameters, and there is no context. */
  readonly spread: true;
  /** Not with inputs. */
  readonly args?: undefined;
}

/** A task that is called once. */
export interface Once<F> extends Rules {
  /** The function, itself or as `module#export`. */
  readonly run: F;
  /** Arguments of the call. */
  readonly args: ParametersOf<F>;
  /** Not with arguments. */
  readonly inputs?: undefined;
  /** Arguments are spread always. */
  readonly spread?: undefined;
}

/** How the values of a task are joined, in input order. */
export interface Folded<F, G, A> {
  /** The function, itself or as `module#export`. */
  readonly fold?: string | Fold<F, IsOpen<G> extends true ? A : FirstOf<G>>;
  /** What to start with, instead of the first value. */
  readonly initial?: IsOpen<G> extends true ? A : FirstOf<G>;
}

/** A function called with the joined value so far, a value and its index; returns what is joined then. */
export type Fold<F, A> = (soFar: A, value: ValueOf<F>, index: number) => A | Promise<A>;

/** A function called with one input. */
export type TaskFunction<I> = (input: I, context: Context) => unknown;

/** Whether nothing is known of a function yet, because its parameters get their types from the inputs. */
export type IsOpen<F> = [unknown] extends [F] ? true : false;

/** The first parameter of a function; anything, for a function by name. */
export type FirstOf<F> = F extends (input: infer I, ...rest: never[]) => unknown ? I : unknown;

/** The parameters of a function; any, for a function by name. */
export type ParametersOf<F> = F extends (...args: infer P) => unknown ? P : readonly unknown[];

/** What a function returns, or resolves to; anything, for a function by name. */
export type ValueOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : unknown;

/** The member `K` of a record that may have it. */
export type MemberOf<R, K> = K extends keyof R ? R[K] : never;

/** The tasks of a file: functions `F`, inputs `I`, functions that fold `G` and what they make `A`, by name. */
export type TaskSpecs<F, I, G, A> =
  & { readonly [K in keyof F]: { readonly run?: F[K] } }
  & { readonly [K in keyof G]: { readonly fold?: G[K] } }
  & {
    readonly [K in keyof I]:
      | Each<I[K], MemberOf<F, K>>
      | Spread<MemberOf<F, K>>
      | Once<MemberOf<F, K>>;
  }
  & { readonly [K in keyof A]: Folded<MemberOf<F, K>, MemberOf<G, K>, A[K]> };

/** What `defineTasks()` is told beside the tasks. */
export interface DefineTasksOptions {
  /** What holds for every task that does not say otherwise. */
  readonly defaults?: Defaults;
}

/**
 * The default export of a tasks file in TypeScript; the keys are those of every format.
 *
 * Here `run`, `init` and `fold` may be functions, and `inputs` and the parts of a `product` or `zip` an iterable, an
 * async iterable or a function that gives one. Inputs, `args`, `fold` and `initial` that do not fit the function fail
 * `deno check`; a function written in place gets the type of its parameter from a list or iterable of inputs. What only
 * reading tells is taken on trust: the columns of rows, and the values of JSON, a database or a module. Whether
 * the tasks make sense otherwise is checked when the file is loaded, with the mistakes of all of them told at once.
 *
 * @example A function and its inputs
 * ```ts
 * import { defineTasks } from "fanfold";
 *
 * export default defineTasks({
 *   double: { run: (n) => n * 2, inputs: [1, 2, 3] },
 *   total: { run: Math.sqrt, inputs: { range: [1, 100] }, fold: (a, b) => a + b, initial: 0 },
 * }, { defaults: { jobs: "50%" } });
 * ```
 */
export function defineTasks<F, I, G, A>(
  tasks: TaskSpecs<F, I, G, A>,
  options: DefineTasksOptions = {},
): TasksFile {
  return { [TASKS_FILE]: true, defaults: options.defaults, tasks };
}

/** Whether a value was made by `defineTasks()`, of this or of another copy of the module. */
export function isTasksFile(value: unknown): value is TasksFile {
  return typeof value === "object" && value !== null && TASKS_FILE in value;
}
