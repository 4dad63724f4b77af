import { openInputs, type OpenInputsOptions } from "../../lib/inputs/open.ts";
import type { Source } from "../../lib/job.ts";

/** All inputs of a source. */
export function inputsOf(source: Source, options: OpenInputsOptions = {}): Promise<unknown[]> {
  return Array.fromAsync(openInputs(source, options) as AsyncIterable<unknown>);
}

/** An iterator over a source that is made of others. */
export function iterate(source: Source, stdin?: ReadableStream<Uint8Array>) {
  const inputs = openInputs(source, { stdin }) as AsyncIterable<unknown>;
  return inputs[Symbol.asyncIterator]();
}

/** A list as a source, read without waiting. */
export function list(...values: unknown[]): Source {
  return { kind: "list", values };
}

/** A list as a source that has to be waited for, and tells how it is used. */
export class Watched {
  /** How often it was opened. */
  opened = 0;
  /** How many values it has given, in all. */
  given = 0;
  /** How often its iteration ended, for whatever reason. */
  closed = 0;
  readonly source: Source;

  constructor(values: Iterable<unknown>) {
    const open = async function* (this: Watched) {
      this.opened++;
      try {
        for (const value of values) {
          this.given++;
          yield await Promise.resolve(value);
        }
      } finally {
        this.closed++;
      }
    };
    this.source = { kind: "iterable", open: open.bind(this) };
  }

  get counts(): string {
    return `opened ${this.opened}, given ${this.given}, closed ${this.closed}`;
  }
}

/** Numbers from 0, for ever. */
export function* endless(): Generator<number, never, undefined> {
  for (let i = 0;; i++) yield i;
}

/** Values, and then a throw. */
export function* failing(error: unknown, ...values: unknown[]): Generator<unknown> {
  yield* values;
  throw error;
}

/** A stdin of these lines, which can be read once. */
export function stdinOf(lines: readonly unknown[]): ReadableStream<Uint8Array> {
  return ReadableStream.from([new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""))]);
}
