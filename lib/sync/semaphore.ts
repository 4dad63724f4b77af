/**
 * What only so many may hold.
 *
 * @module
 */

import type { Home } from "./home.ts";
import { homeOfPermits, type Permit, permit } from "./permits.ts";
import { homeFor } from "./token.ts";
import type { WaitOptions } from "./wait_options.ts";

/**
 * A semaphore, after Python's `multiprocessing.BoundedSemaphore`: so many hold a permit at a time, in the
 * order of asking.
 *
 * It lives in the isolate that has made it. Passed to a job, anywhere in its input, it works there as here,
 * in Workers and in processes. A job that ends, however it does, holds nothing any longer.
 *
 * @example Two at a time
 * ```ts
 * import { Semaphore } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const semaphore = new Semaphore(2);
 * let busy = 0;
 * let most = 0;
 * const work = async () => {
 *   using _ = await semaphore.acquire();
 *   most = Math.max(most, ++busy);
 *   await Promise.resolve();
 *   busy--;
 * };
 * await Promise.all([work(), work(), work(), work()]);
 * assertEquals(most, 2);
 * ```
 */
export class Semaphore {
  readonly #home: Home;

  /**
   * A semaphore all of whose permits are free.
   *
   * @param permits How many may be held at the same time.
   * @throws {RangeError} If that is not a positive integer.
   */
  constructor(permits: number) {
    if (!(Number.isSafeInteger(permits) && permits >= 1)) {
      throw new RangeError(
        `Cannot make a semaphore of ${permits} permits: wanted a positive integer`,
      );
    }
    this.#home = homeFor(this, "Semaphore", permits, () => homeOfPermits(permits));
  }

  /**
   * Waits for a permit. It is released by the end of `using`, or by `release()`.
   *
   * @throws The reason of the signal, if that aborts first; then no permit is taken.
   */
  acquire({ signal }: WaitOptions = {}): Promise<Permit> {
    return permit(this.#home, signal);
  }
}
