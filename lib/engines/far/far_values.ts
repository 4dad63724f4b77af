/**
 * Jobs, inputs and results on the far side, where functions may have changed what is global.
 *
 * @module
 */

import type { ErrorRecord } from "../../job.ts";
import { isArray, PromiseOf } from "../../primordials.ts";

const { inspect } = Deno;

/** The job the slot is at. */
export interface Current {
  index: number;
  /** Index of the first job of its chunk. */
  chunk: number;
  /** Fails it while it is waited for. */
  fail?: (error: ErrorRecord) => void;
  /** What it was failed with. */
  stray?: ErrorRecord;
  /** What aborts its signal, if it has looked at that. */
  controller?: AbortController;
}

/** Whether a result is still to be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof PromiseOf || ("then" in value && typeof value.then === "function");
}

/** Tells what becomes of a promise, by no method that could have been changed but its own. */
export async function settle(
  value: PromiseLike<unknown>,
  resolve: (value: unknown) => void,
  reject: (reason: unknown) => void,
): Promise<void> {
  let result: unknown;
  try {
    result = await value;
  } catch (thrown) {
    return reject(thrown);
  }
  resolve(result);
}

/** The parameters that an input is. @throws {TypeError} If it is no list. */
export function parametersOf(input: unknown): readonly unknown[] {
  if (isArray(input)) return input;
  throw new TypeError(`Cannot spread ${inspect(input)} over the parameters: wanted a list`);
}
