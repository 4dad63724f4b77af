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
    return new StreamIterator<T>(source);
  }
  return source[Symbol.asyncIterator]();
}

/** A step of an iterator. @throws {TypeError} If it is none: it would be taken for one that is not the last. */
export function stepOf<R>(step: R): R {
  if (typeof step === "object" ? step !== null : typeof step === "function") return step;
  throw new TypeError(`Iterator result ${Deno.inspect(step)} is not an object`);
}

function iterates(
  value: unknown,
  by: typeof Symbol.iterator | typeof Symbol.asyncIterator,
): boolean {
  if (value === undefined || value === null) return false;
  const method = (value as Record<symbol, unknown>)[by];
  return method !== undefined && method !== null;
}

const STREAM_ITERATOR = ReadableStream.prototype[Symbol.asyncIterator];

class StreamIterator<T> implements AsyncIterator<T, undefined> {
  readonly #stream: ReadableStream<T>;
  #reader?: ReadableStreamDefaultReader<T>;
  #isOver = false;

  constructor(stream: ReadableStream<T>) {
    this.#stream = stream;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    const reader = this.#reader ??= this.#stream.getReader();
    try {
      const { done, value } = await reader.read();
      if (!done) return { done, value };
    } catch (thrown) {
      this.#letGo();
      throw thrown;
    }
    this.#letGo();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    const isOpen = !this.#isOver;
    const cancelled = isOpen ? (this.#reader ?? this.#stream).cancel() : undefined;
    // Not only when it is: until then somebody else may want to look at it.
    this.#letGo();
    await cancelled;
    return { done: true, value: undefined };
  }

  #letGo(): void {
    this.#isOver = true;
    this.#reader?.releaseLock();
  }
}

/**
 * A stream that is loaded at its first `next()`: a run has inputs of one kind or two, and pays for no others.
 * `return()` before that loads nothing.
 */
export function later<T>(load: () => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new Later(load) };
}

class Later<T> implements AsyncIterator<T, undefined>, AtHand<T> {
  readonly #load: () => Promise<AsyncIterable<T>>;
  #loading?: Promise<AsyncIterable<T>>;
  #opened?: AsyncIterator<T> & Partial<AtHand<T>>;
  #isOver = false;

  constructor(load: () => Promise<AsyncIterable<T>>) {
    this.#load = load;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.#opened ? this.#opened.next() : this.#first();
  }

  takeAtHand(max: number): readonly T[] {
    return this.#opened?.takeAtHand?.(max) ?? [];
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#isOver = true;
    await this.#opened?.return?.();
    return { done: true, value: undefined };
  }

  async #first(): Promise<IteratorResult<T, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    this.#loading ??= this.#load();
    const stream = await this.#loading;
    if (this.#isOver) return { done: true, value: undefined };
    this.#opened ??= stream[Symbol.asyncIterator]();
    return this.#opened.next();
  }
}

/** Those of the one, or if there are none, those of the other; what lies at hand is still taken many at a time. */
export function orElse(inputs: Items, other: () => Iterable<unknown>): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => new OrElse(inputs, other) };
}

class OrElse implements AsyncIterator<unknown>, AtHand<unknown> {
  readonly #other: () => Iterable<unknown>;
  #source: (Iterator<unknown> | AsyncIterator<unknown>) & Partial<AtHand<unknown>>;
  #isFirst = true;

  constructor(inputs: Items, other: () => Iterable<unknown>) {
    this.#other = other;
    this.#source = isAsync(inputs) ? asyncIteratorOf(inputs) : inputs[Symbol.iterator]();
  }

  async next(): Promise<IteratorResult<unknown>> {
    const step = await this.#source.next();
    if (!this.#isFirst) return step;
    this.#isFirst = false;
    if (!step.done) return step;
    this.#source = this.#other()[Symbol.iterator]();
    return this.#source.next();
  }

  takeAtHand(max: number): readonly unknown[] {
    return this.#isFirst ? [] : this.#source.takeAtHand?.(max) ?? [];
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.#isFirst = false;
    await this.#source.return?.();
    return { done: true, value: undefined };
  }
}
