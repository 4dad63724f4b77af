/**
 * Something that has happened, or not yet.
 *
 * @module
 */

import { type Home, homeOf, type WaitOptions } from "./home.ts";
import { homeFor } from "./token.ts";
import { Waiters } from "./waiters.ts";

/**
 * Something that has happened or not, and can be waited for, after Python's `multiprocessing.Event`.
 *
 * The platform has another `Event`, of which this is none; import it under another name where both are used.
 * It lives in the isolate that has made it. Passed to a job, anywhere in its input, it works there as here, in
 * Workers and in processes.
 *
 * @example All who wait go on at once
 * ```ts
 * import { Event as Signal } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const ready = new Signal();
 * const waiting = ["first", "second"].map((name) => ready.wait().then(() => name));
 * await ready.set();
 * assertEquals(await Promise.all(waiting), ["first", "second"]);
 * ```
 */
export class Event {
  readonly #home: Home;

  /** An event that has not happened. */
  constructor() {
    this.#home = homeFor(this, "Event", undefined, homeOfEvent);
  }

  /** It has happened: whoever waits goes on, and nobody waits from now on. */
  async set(): Promise<void> {
    await this.#home.perform("set", undefined, {});
  }

  /** It has not happened: to wait is to wait again. */
  async clear(): Promise<void> {
    await this.#home.perform("clear", undefined, {});
  }

  /** Whether it has happened. */
  async isSet(): Promise<boolean> {
    return await this.#home.perform("isSet", undefined, {}) as boolean;
  }

  /**
   * Waits until it has happened; if it has, resolves at once.
   *
   * @throws The reason of the signal, if that aborts first.
   */
  async wait({ signal }: WaitOptions = {}): Promise<void> {
    await this.#home.perform("wait", undefined, { signal });
  }
}

function homeOfEvent(): Home {
  const waiters = new Waiters<void>();
  let isSet = false;
  return homeOf({
    set: () => {
      isSet = true;
      waiters.goAll();
    },
    clear: () => {
      isSet = false;
    },
    isSet: () => isSet,
    wait: (_, { signal }) => isSet ? undefined : waiters.wait(undefined, signal),
  });
}
