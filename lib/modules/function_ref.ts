/**
 * Functions by address.
 *
 * @module
 */

import type { FunctionRef } from "../job.ts";

/** A function of a module, called with whatever its task says. */
export type AnyFunction = (...parameters: readonly unknown[]) => unknown;

/** Loads the module of a function and gives the function.
 *
 * @throws What importing the module throws.
 * @throws {TypeError} If there is no function under that name.
 */
export async function loadFunction(ref: FunctionRef): Promise<AnyFunction> {
  return functionIn(await import(ref.module), ref);
}

/** The function of a module that is loaded. @throws {TypeError} If there is none under that name. */
export function functionIn(exports: unknown, ref: FunctionRef): AnyFunction {
  let value = exports;
  for (const key of ref.path) value = (value as Record<string, unknown> | undefined)?.[key];
  if (typeof value !== "function") {
    throw new TypeError(`${addressOf(ref)} is ${describe(value)}, wanted a function`);
  }
  return value as AnyFunction;
}

/** How a function is written in messages: `file:///a/numbers.ts#double`. */
export function addressOf(ref: FunctionRef): string {
  return `${ref.module}#${ref.path.join(".")}`;
}

function describe(value: unknown): string {
  return value === undefined ? "missing" : value === null ? "null" : `a ${typeof value}`;
}
