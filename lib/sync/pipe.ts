/**
 * Two ends that talk to each other.
 *
 * @module
 */

import { type Home, homeOf, kept, type WaitOptions } from "./home.ts";
import { QueueState, untilClosed } from "./queue.ts";
import { cloned } from "./revive.ts";
import { homeFor } from "./token.ts";

/**
 * One end of a {@link pipe}.
 *
 * Values travel by structured clone, and arrive in the order in which they were sent; what is shared in them
 * arrives as itself. An end may be used in several places at once: each value goes to one of them.
 */
export interface Connection<Sent, Received = Sent> extends AsyncIterable<Received> {
  /**
   * Sends a clone of a value, which is made at once. It does not wait for the other end to receive it.
   *
   * @throws {ClosedError} If one of the ends is closed.
   * @throws {DOMException} A `DataCloneError` if the value cannot be cloned.
   */
  send(value: Sent): Promise<void>;
  /**
   * Takes what the other end has sent; waits while there is nothing, in the order of asking.
   *
   * @throws {ClosedError} If the other end is closed, and nothing of it is left, or this end is closed.
   * @throws The reason of the signal, if that aborts first; then nothing is taken.
   */
  receive(options?: WaitOptions): Promise<Received>;
  /** Closes this end: the other can still receive what was sent, and nothing can be sent any more. */
  close(): Promise<void>;
  /** Takes what comes, each value when it is asked for, until one of the ends is closed. */
  [Symbol.asyncIterator](): AsyncGenerator<Received, void, undefined>;
}

/**
 * Two connected ends, after Python's `multiprocessing.Pipe`: what is sent at one is received at the other, both
 * ways.
 *
 * The pipe lives in the isolate that has made it. An end that is passed to a job, anywhere in its input, works
 * there as here, in Workers and in processes. An end that only slots have used is closed when the last of them is
 * gone, so that the other does not wait for ever.
 *
 * @example Question and answer
 * ```ts
 * import { pipe } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const [asking, answering] = pipe<string, number>();
 * await asking.send("four");
 * await answering.send((await answering.receive()).length);
 * await answering.close();
 * assertEquals(await Array.fromAsync(asking), [4]);
 * ```
 */
export function pipe<A, B = A>(): [Connection<A, B>, Connection<B, A>] {
  const there = new QueueState(Infinity, WORDS);
  const back = new QueueState(Infinity, WORDS);
  return [new End<A, B>(homeOfEnd(there, back)), new End<B, A>(homeOfEnd(back, there))];
}

const WORDS = {
  put: "Cannot send: the pipe is closed",
  get: "Cannot receive: the pipe is closed, and nothing is left in it",
};

export class End<Sent, Received> implements Connection<Sent, Received> {
  readonly #home: Home;

  /** @param home Where it lives; it is known what it stands for, if it is made again. */
  constructor(home: Home) {
    this.#home = homeFor(this, "Connection", undefined, () => home);
  }

  async send(value: Sent): Promise<void> {
    await this.#home.perform("send", value, {});
  }

  async receive({ signal }: WaitOptions = {}): Promise<Received> {
    return await kept<Received>(this.#home.perform("receive", undefined, { signal }));
  }

  async close(): Promise<void> {
    await this.#home.perform("close", undefined, {});
  }

  [Symbol.asyncIterator](): AsyncGenerator<Received, void, undefined> {
    return untilClosed(() => this.receive());
  }
}

/** An end that is closed when all slots that have used it are gone, unless it was used here as well. */
export function usedEnd(home: Home): Home {
  const here = {};
  const users = new Set<object>();
  return {
    perform: (op, value, by) => {
      users.add(by.client ?? here);
      return home.perform(op, value, by);
    },
    left: (client) => {
      if (!users.delete(client) || users.size > 0) return;
      // Where it lives elsewhere, it may be out of reach; then it is closed from there.
      home.perform("close", undefined, { client }).catch(() => {});
    },
  };
}

function homeOfEnd(incoming: QueueState, outgoing: QueueState): Home {
  return usedEnd(homeOf({
    send: (value, { client }) => outgoing.put(client ? value : cloned(value, "send")),
    receive: (_, { signal }) => incoming.get(signal),
    close: () => {
      outgoing.close();
      incoming.close(true);
    },
  }));
}
