/**
 * Exceptions of the platform, of which V8 by itself makes errors without a message.
 *
 * @module
 */

import { changeWithin } from "./within.ts";

/** What tells an exception from others. */
export type ToldException = readonly [message: string, name: string, stack: string | undefined];

/** What tells an exception from others. */
export function toldOf({ message, name, stack }: DOMException): ToldException {
  return [message, name, stack];
}

/** A value in which exceptions stand where their clones by V8 stood, in the order in which they were told of. */
export function withExceptions(
  value: unknown,
  errors: readonly unknown[],
  told: readonly ToldException[],
): unknown {
  const exceptions = new Map(
    errors.map((error, i) => [error, exceptionOf(told[i] as ToldException)]),
  );
  return changeWithin(value, (each) => exceptions.get(each) ?? each);
}

function exceptionOf([message, name, stack]: ToldException): DOMException {
  const exception = new DOMException(message, name);
  if (stack !== undefined) exception.stack = stack;
  return exception;
}
