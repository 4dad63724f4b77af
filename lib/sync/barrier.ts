/**
 * A place where some wait until all are there.
 *
 * @module
 */

import { BrokenBarrierError } from "./errors.ts";
import { Abandoned, type Home, homeOf, type WaitOptions } from "./home.ts";
import { homeFor } from "./token.ts";
import { Waiters } from "./waiters.ts";

/**
 * A barrier, after Python's `multiprocessing.Barrier`: some wait there, until all are there, and then go on
 * together; the next ones are another round.
 *
 * It lives in the isolate that has made it. Passed to a job, anywhere in its input, it works there as here,
 * in Workers and in processes. A job that ends while it waits, because its slot has died for example, breaks it:
 * all others who wait, and who come, get a {@link BrokenBarrierError} until it is reset. A job that ends before it
 * comes does not. One that gives up by its signal is as if it had not come, which in Python breaks the barrier.
 *
 * As many jobs have to run at the same time as there are parties: give their task as many slots, and chunks of 1.
 *
 * @example Nobody goes on before all are there
 * ```ts
 * import { Barrier } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * const barrier = new Barrier(3);
 * const places = await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]);
 * assertEquals(places, [0, 1, 2]);
 * ```
 */
export class Barrier {
  readonly #home: Home;
  readonly #parties: number;

  /**
   * A barrier at which nobody waits.
   *
   * @param parties How many go on together.
   * @throws {RangeError} If that is not a positive integer.
   */
  constructor(parties: number) {
    if (!(Number.isSafeInteger(parties) && parties >= 1)) {
      throw new RangeError(`Cannot make a barrier for ${parties}: wanted a positive integer`);
    }
    this.#parties = parties;
    this.#home = homeFor(this, "Barrier", parties, () => homeOfBarrier(parties));
  }

  /** How many go on together. */
  get parties(): number {
    return this.#parties;
  }

  /** How many wait now. */
  async waiting(): Promise<number> {
    return await this.#home.perform("waiting", undefined, {}) as number;
  }

  /** Whether it is broken. */
  async isBroken(): Promise<boolean> {
    return await this.#home.perform("isBroken", undefined, {}) as boolean;
  }

  /**
   * Waits until all are there, and gives the place in the order in which they came, from 0.
   *
   * @throws {BrokenBarrierError} If it is broken, or becomes so.
   * @throws The reason of the signal, if that aborts first; then it is as if nobody had come.
   */
  async wait({ signal }: WaitOptions = {}): Promise<number> {
    return await this.#home.perform("wait", undefined, { signal }) as number;
  }

  /** Breaks it, for all who wait and who come. */
  async abort(): Promise<void> {
    await this.#home.perform("abort", undefined, {});
  }

  /** Mends it. Who still waits gets a {@link BrokenBarrierError}. */
  async reset(): Promise<void> {
    await this.#home.perform("reset", undefined, {});
  }
}

function homeOfBarrier(parties: number): Home {
  const waiters = new Waiters<number>();
  let broken: string | undefined;
  const failAll = (why: string) => waiters.failAll(new BrokenBarrierError(why));
  const breakFor = (why: string) => failAll(broken ??= why);
  /** All others go on; gives the last place. */
  const open = () => {
    let place = 0;
    while (waiters.length > 0) waiters.shift()?.go(place++);
    return place;
  };
  return homeOf({
    wait: async (_, { signal }) => {
      if (broken !== undefined) throw new BrokenBarrierError(broken);
      if (waiters.length + 1 === parties) return open();
      try {
        return await waiters.wait(undefined, signal);
      } catch (thrown) {
        if (thrown instanceof Abandoned) {
          breakFor(`The barrier is broken: one who waited there is gone, for ${thrown.message}`);
        }
        throw thrown;
      }
    },
    abort: () => breakFor("The barrier was aborted"),
    reset: () => {
      broken = undefined;
      failAll("The barrier was reset");
    },
    waiting: () => waiters.length,
    isBroken: () => broken !== undefined,
  });
}
