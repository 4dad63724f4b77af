/**
 * What only one may hold, or so many.
 *
 * @module
 */

import { type Home, homeOf, Taken, type WaitOptions } from "./home.ts";
import { homeFor } from "./token.ts";
import { Waiters } from "./waiters.ts";

/** What a lock or a semaphore has given, until it is released; to do so again does nothing. */
export interface Permit extends Disposable, AsyncDisposable {
  /** Gives it to the next that waits. */
  release(): void;
}

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

async function permit(home: Home, signal?: AbortSignal): Promise<Permit> {
  const { giveBack: release } = await home.perform("acquire", undefined, { signal }) as Taken;
  return {
    release,
    [Symbol.dispose]: release,
    [Symbol.asyncDispose]: () => Promise.resolve(release()),
  };
}

/** Where so many permits are given, in the order of asking. */
function homeOfPermits(count: number): Home {
  const waiters = new Waiters<Taken>();
  let free = count;
  const give = () => new Taken(undefined, release, release);
  const release = () => {
    const next = waiters.shift();
    if (next) next.go(give());
    else free++;
  };
  return homeOf({
    acquire: (_, { signal }) => {
      if (free === 0) return waiters.wait(undefined, signal);
      free--;
      return give();
    },
  });
}
