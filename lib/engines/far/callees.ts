/**
 * The functions that a slot calls.
 *
 * @module
 */

import { type AnyFunction, functionIn } from "../../modules/function_ref.ts";
import type { Context } from "../../job.ts";
import type { Chunk, Setup } from "../carry/wire.ts";

/** What the jobs of a chunk call, and what they are told. */
export interface Callee {
  readonly run: AnyFunction;
  /** Whether an array input is spread over the parameters. */
  readonly spread: boolean;
  /** How much more the indexes of the chunk are than those that the function is told. */
  readonly base: number;
  readonly about: Pick<Context, "task" | "runId" | "slot">;
}

/** The name of each export of a module, with its type. */
export function typesOf(exports: object): readonly (readonly [string, string])[] {
  return Object.entries(exports).map(([name, value]) => [name, typeof value] as const);
}

/** The function of a slot, or all that its module exports, of which each chunk names one. */
export class Callees {
  readonly #setup: Setup;
  readonly #own?: AnyFunction;
  readonly #exports: Readonly<Record<string, unknown>>;

  private constructor(setup: Setup, found: AnyFunction | Readonly<Record<string, unknown>>) {
    this.#setup = setup;
    this.#own = typeof found === "function" ? found : undefined;
    this.#exports = typeof found === "function" ? {} : found;
  }

  /** What a slot calls of a module that is loaded. @throws {TypeError} If it lacks the function. */
  static of(setup: Setup, exports: Readonly<Record<string, unknown>>): Callees {
    const { run } = setup;
    return new Callees(setup, run.path.length > 0 ? functionIn(exports, run) : exports);
  }

  /** The name of each export with its type, where chunks name theirs. */
  get types(): readonly (readonly [string, string])[] | undefined {
    if (this.#own) return undefined;
    return typesOf(this.#exports);
  }

  /** What a chunk calls. Its name is one of those that were told. */
  of({ call }: Chunk): Callee {
    const setup = this.#setup;
    if (!call) {
      return { run: this.#own as AnyFunction, spread: setup.spread, base: 0, about: setup };
    }
    const { runId, slot } = setup;
    const { name, spread, base } = call;
    const run = this.#exports[name] as AnyFunction;
    return { run, spread, base, about: { task: name, runId, slot } };
  }
}
