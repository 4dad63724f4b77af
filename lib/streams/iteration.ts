/**
 * How things are iterated over: by the rules of `for await`, for what code of the user gives; and streams that are
 * chosen as they are read.
 *
 * @module
 */

/** What can be iterated over, synchronously or not. */
export type Items<T = unknown> = Iterable<T> | AsyncIterable<T>;

/** An iterator that has items at hand: they can be had without a promise for each. */
export interface AtHand<T> {
  /** Up to `max` of the items that come next; none if the next one has to be waited for. */
  takeAtHand(max: number): readonly T[];
}

/** Whether it can be iterated over; a text can, by its characters. */
export function isIterable(value: unknown): value is Items {
  return iterates(value, Symbol.asyncIterator) || iterates(value, Symbol.iterator);
}

/** Whether its iterator is asynchronous, which it is where it has both. */
export function isAsync<T>(source: Items<T>): source is AsyncIterable<T> {
  return iterates(source, Symbol.asyncIterator);
}

/**
 * The iterator of a source that is asynchronous. That of a stream lets it go at `return()`, also while it waits for
 * what comes next, which the one of the platform does not.
 */
export function asyncIteratorOf<T>(source: AsyncIterable<T>): AsyncIterator<T> {
  if (source instanceof ReadableStream && source[Symbol.asyncIterator] === STREAM_ITERATOR) {
    return streamIterator<T>(source);
  }
  return source[Symbol.asyncIterator]();
}

/** A step of an iterator. @throws {TypeError} If it is none: it would be taken for one that is not the last. */
export function stepOf<R>(step: R): R {
  if (typeof step === "object" ? step !== null : typeof step === "function") return step;
  throw new TypeError(`Iterator result ${Deno.inspect(step)} is not an object`);
}

function iterates(value: unknown, by: symbol): boolean {
  const method = (value as Record<symbol, unknown> | undefined | null)?.[by];
  return method !== undefined && method !== null;
}

const STREAM_ITERATOR = ReadableStream.prototype[Symbol.asyncIterator];

function streamIterator<T>(stream: ReadableStream<T>): AsyncIterator<T, undefined> {
  let reader: ReadableStreamDefaultReader<T> | undefined;
  let isOver = false;
  const letGo = () => {
    isOver = true;
    reader?.releaseLock();
  };
  return {
    async next() {
      if (isOver) return { done: true, value: undefined };
      reader ??= stream.getReader();
      try {
        const { done, value } = await reader.read();
        if (!done) return { done, value };
      } catch (thrown) {
        letGo();
        throw thrown;
      }
      letGo();
      return { done: true, value: undefined };
    },
    async return() {
      const cancelled = isOver ? undefined : (reader ?? stream).cancel();
      // Not only when it is: until then somebody else may want to look at it.
      letGo();
      await cancelled;
      return { done: true, value: undefined };
    },
  };
}

/**
 * A stream that is loaded at its first `next()`: a run has inputs of one kind or two, and pays for no others.
 * `return()` before that loads nothing.
 */
export function later<T>(load: () => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => laterIterator(load) };
}

function laterIterator<T>(
  load: () => Promise<AsyncIterable<T>>,
): AsyncIterator<T, undefined> & AtHand<T> {
  let loading: Promise<AsyncIterable<T>> | undefined;
  let opened: AsyncIterator<T> & Partial<AtHand<T>> | undefined;
  let isOver = false;
  const first = async (): Promise<IteratorResult<T, undefined>> => {
    const stream = isOver ? undefined : await (loading ??= load());
    if (isOver || !stream) return { done: true, value: undefined };
    opened ??= stream[Symbol.asyncIterator]();
    return opened.next();
  };
  return {
    next: () => opened ? opened.next() : first(),
    takeAtHand: (max) => opened?.takeAtHand?.(max) ?? [],
    async return() {
      isOver = true;
      await opened?.return?.();
      return { done: true, value: undefined };
    },
  };
}

/** Those of the one, or if there are none, those of the other; what lies at hand is still taken many at a time. */
export function orElse(inputs: Items, other: () => Iterable<unknown>): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => orElseIterator(inputs, other) };
}

function orElseIterator(
  inputs: Items,
  other: () => Iterable<unknown>,
): AsyncIterator<unknown> & AtHand<unknown> {
  let source: (Iterator<unknown> | AsyncIterator<unknown>) & Partial<AtHand<unknown>> =
    isAsync(inputs) ? asyncIteratorOf(inputs) : inputs[Symbol.iterator]();
  let isFirst = true;
  return {
    async next() {
      const step = await source.next();
      if (!isFirst) return step;
      isFirst = false;
      if (!step.done) return step;
      source = other()[Symbol.iterator]();
      return source.next();
    },
    takeAtHand: (max) => isFirst ? [] : source.takeAtHand?.(max) ?? [],
    async return() {
      isFirst = false;
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
}
