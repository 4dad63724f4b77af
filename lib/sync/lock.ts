/**
 * What only one may hold.
 *
 * @module
 */

import type { Home } from "./home.ts";
import { homeOfPermits, type Permit, permit } from "./permits.ts";
import { homeFor } from "./token.ts";
import type { WaitOptions } from "./wait_options.ts";

/**
 * A lock, after Python's `multiprocessing.Lock`: one holds it at a time, in the order of asking.
 *
 * It lives in the isolate that has made it. Passed to a job, anywhere in its input, it works there as here,
 * in Workers and in processes. A job that ends, however it does, holds nothing any longer; so nobody waits for
 * ever because a job has died; one that is to end, by an abort or its timeout, is not given it. It is not reentrant: who asks again while holding it waits for itself.
 *
 * @example Read, wait and write, with nobody in between
 * ```ts
 * import { Lock } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new Lock();
 * let balance = 0;
 * const deposit = async () => {
 *   using _ = await lock.acquire();
 *   const before = balance;
 *   await Promise.resolve();
 *   balance = before + 1;
 * };
 * await Promise.all([deposit(), deposit(), deposit()]);
 * assertEquals(balance, 3);
 * ```
 */
export class Lock {
  readonly #home: Home;

  /** A lock that nobody holds. */
  constructor() {
    this.#home = homeFor(this, "Lock", undefined, () => homeOfPermits(1));
  }

  /**
   * Waits until it is one's own. It is released by the end of `using`, or by `release()`.
   *
   * @throws The reason of the signal, if that aborts first; then the lock is not taken.
   */
  acquire({ signal }: WaitOptions = {}): Promise<Permit> {
    return permit(this.#home, signal);
  }
}
