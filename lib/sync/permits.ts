/**
 * Permits of which there are so many.
 *
 * @module
 */

import { type Home, homeOf, Taken } from "./home.ts";
import { Waiters } from "./waiters.ts";

/** What a lock or a semaphore has given, until it is released; to do so again does nothing. */
export interface Permit extends Disposable, AsyncDisposable {
  /** Gives it to the next that waits. */
  release(): void;
}

/** A permit that is asked for. */
export async function permit(home: Home, signal?: AbortSignal): Promise<Permit> {
  const taken = await home.perform("acquire", undefined, { signal }) as Taken;
  const release = () => taken.giveBack();
  return {
    release,
    [Symbol.dispose]: release,
    [Symbol.asyncDispose]: () => Promise.resolve(release()),
  };
}

/** Where so many permits are given, in the order of asking. */
export function homeOfPermits(count: number): Home {
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
