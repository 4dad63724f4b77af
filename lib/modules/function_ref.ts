/**
 * Functions by address.
 *
 * @module
 */

import type { FunctionRef } from "../job.ts";

/** A function of a module, called with whatever its task says. */
export type AnyFunction = (...parameters: readonly unknown[]) => unknown;

/** The function of a module that is loaded. @throws {TypeError} If there is none under that name. */
export function functionIn(exports: unknown, ref: FunctionRef): AnyFunction {
  let value = exports;
  for (const key of ref.path) value = (value as Record<string, unknown> | undefined)?.[key];
  if (typeof value === "function") return value as AnyFunction;
  const found = value === undefined ? "missing" : value === null ? "null" : `a ${typeof value}`;
  throw new TypeError(`${addressOf(ref)} is ${found}, wanted a function`);
}

/** How a function is written in messages: `file:///a/numbers.ts#double`. */
export function addressOf(ref: FunctionRef): string {
  return `${ref.module}#${ref.path.join(".")}`;
}
