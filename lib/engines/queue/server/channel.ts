/**
 * Calls between two threads, in both directions.
 *
 * @module
 */

import { Fault, type FaultKind, isError, messageOf } from "../../../fault.ts";
import { TooLarge } from "../../../clones/uncloneable.ts";

/** What can be called: by name, with arguments that can be cloned. */
// deno-lint-ignore no-explicit-any -- Each of the two sides says which.
export type Calls = { readonly [name: string]: (...args: any[]) => unknown };

type Message =
  | { readonly kind: "call"; readonly id: number; readonly name: string; readonly args: unknown[] }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly error: SentError };

type SentError =
  | {
    readonly kind: "fault";
    readonly of: FaultKind;
    readonly message: string;
    readonly hint?: string;
  }
  | { readonly kind: "too-large"; readonly bytes: number; readonly most: number }
  | { readonly kind: "error"; readonly message: string };

/** The two ends of a thread: a Worker, or the scope of one. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", hear: (event: MessageEvent) => void): void;
}

/** One end: calls what the other end has, and is called. Calls are started in the order in which they were made. */
export class Channel<Theirs extends Calls> {
  readonly #port: Port;
  readonly #ours: Calls;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #next = 0;
  #closed?: Error;

  constructor(port: Port, ours: Calls) {
    this.#port = port;
    this.#ours = ours;
    port.addEventListener("message", ({ data }: MessageEvent<Message>) => this.#hear(data));
  }

  /** Resolves with what the other end gives. @throws What it has thrown, or why the channel is closed. */
  call<Name extends keyof Theirs & string>(
    name: Name,
    ...args: Parameters<Theirs[Name]>
  ): Promise<Awaited<ReturnType<Theirs[Name]>>> {
    return this.give([], name, ...args);
  }

  /** Calls with arguments whose bytes move to the other end: they are gone from here. */
  give<Name extends keyof Theirs & string>(
    bytes: readonly Uint8Array[],
    name: Name,
    ...args: Parameters<Theirs[Name]>
  ): Promise<Awaited<ReturnType<Theirs[Name]>>> {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = this.#next++;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#post({ kind: "call", id, name, args }, buffersOf(bytes));
    return answer.promise as Promise<Awaited<ReturnType<Theirs[Name]>>>;
  }

  /** What waits for an answer fails with this, as will all that is called. */
  close(reason: Error): void {
    this.#closed ??= reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  #post(message: Message, transfer: Transferable[]): void {
    this.#port.postMessage(message, transfer);
  }

  #hear(message: Message): void {
    if (message.kind === "call") return void this.#answer(message);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === "answer") waiting?.resolve(message.value);
    else waiting?.reject(received(message.error));
  }

  async #answer({ id, name, args }: Message & { readonly kind: "call" }): Promise<void> {
    try {
      const value = await this.#ours[name]?.(...args);
      this.#post({ kind: "answer", id, value }, buffersOf([value]));
    } catch (error) {
      this.#post({ kind: "failure", id, error: sent(error) }, []);
    }
  }
}

/** What of some values can be moved: memory that a value of bytes has for itself alone. */
function buffersOf(values: readonly unknown[]): ArrayBuffer[] {
  const buffers = values.flatMap((value) => {
    if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) return [];
    return value.byteLength === value.buffer.byteLength ? [value.buffer] : [];
  });
  return [...new Set(buffers)];
}

function sent(error: unknown): SentError {
  if (error instanceof Fault) {
    const { kind, message, mistakes: [{ hint } = {}] } = error;
    return { kind: "fault", of: kind, message, ...hint === undefined ? {} : { hint } };
  }
  if (error instanceof TooLarge) {
    return { kind: "too-large", bytes: error.bytes, most: error.most };
  }
  return { kind: "error", message: isError(error) ? messageOf(error) : String(error) };
}

function received(error: SentError): Error {
  if (error.kind === "fault") {
    return new Fault(error.of, error.message, error.hint === undefined ? {} : { hint: error.hint });
  }
  if (error.kind === "too-large") return new TooLarge(error.bytes, error.most, "queue");
  return new Error(error.message);
}
