/**
 * What functions of the user give, as inputs.
 *
 * @module
 */

import { faultOf, near } from "../../errors/reason.ts";
import { Fault } from "../../fault.ts";
import type { FunctionRef } from "../../job.ts";
import { addressOf } from "../../modules/function_ref.ts";
import { loadFor } from "../../modules/imported.ts";
import {
  asyncIteratorOf,
  isAsync,
  isIterable,
  type Items,
  stepOf,
} from "../../streams/iteration.ts";

type ItemsIterator = Iterator<unknown> | AsyncIterator<unknown>;

/**
 * Passes on what a user's iterable gives; a promise in a synchronous one is awaited.
 *
 * `open` is called at the first `next()`, and `return()` is that of the user's iterator: a
 * generator that waits is stopped once it goes on.
 *
 * @param name Completes "Cannot read inputs of".
 * @throws {Fault} Of kind `input`, from `next()` or `return()`: whatever the user's code throws, as its
 * cause, unless it is a fault already.
 */
export function generated(
  open: () => Items | Promise<Items>,
  name = "a function",
): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => generatedIterator(open, name) };
}

function generatedIterator(
  open: () => Items | Promise<Items>,
  name: string,
): AsyncIterator<unknown, undefined> {
  let opening: Promise<ItemsIterator> | undefined;
  let source: ItemsIterator | undefined;
  let isOver = false;
  const ungiven = async (cause: unknown): Promise<Fault> => {
    if (cause instanceof Fault) return cause;
    const { toErrorRecord } = await import("../../errors/error_record.ts");
    return faultOf("input", `Cannot read inputs of ${name}`, toErrorRecord(cause), { cause });
  };
  return {
    async next() {
      if (isOver) return { done: true, value: undefined };
      try {
        source ??= await (opening ??= iteratorOf(open));
        if (isOver) {
          // `return` was called meanwhile, and had nothing to close.
          await source.return?.();
          return { done: true, value: undefined };
        }
        const { done, value } = stepOf(await source.next());
        if (!done) return { done: false, value: await value };
      } catch (error) {
        isOver = true;
        throw await ungiven(error);
      }
      isOver = true;
      return { done: true, value: undefined };
    },
    async return() {
      if (isOver) return { done: true, value: undefined };
      isOver = true;
      try {
        await source?.return?.();
      } catch (error) {
        throw await ungiven(error);
      }
      return { done: true, value: undefined };
    },
  };
}

async function iteratorOf(open: () => Items | Promise<Items>): Promise<ItemsIterator> {
  const source = await open();
  if (!isIterable(source)) {
    throw new TypeError(`found ${Deno.inspect(source)}, expected an iterable`);
  }
  return isAsync(source) ? asyncIteratorOf(source) : source[Symbol.iterator]();
}

/**
 * The values of the iterable that an exported function returns, such as a generator, or a promise of one.
 *
 * The module is loaded at the first `next()`, in this process, and the function is called without
 * arguments. `return()` is that of its iterator.
 *
 * @param task Name of the task whose inputs they are, for messages.
 * @throws {Fault} Of kind `input`, from `next()` or `return()`: whatever the module or the function throws, as
 * its cause, unless it is a fault already.
 */
export function exportedBy(run: FunctionRef, task?: string): AsyncIterable<unknown> {
  const address = near(addressOf(run));
  const name = task === undefined ? address : `task "${task}" from ${address}`;
  // What is no iterable is refused where it is iterated.
  const open = async () =>
    (await loadFor("input", `Cannot read inputs of ${name}`, run))() as Items | Promise<Items>;
  return generated(open, name);
}
