/**
 * Where a run meets its observers: nobody else calls them.
 *
 * @module
 */

import type { RunEvent, RunObserver, TaskProgress } from "../events.ts";
import type { Clock } from "../time/clock.ts";

export type TellEvent = (event: RunEvent) => void;

/** Tells observers, in their order; nothing if there are none, so that no event is made for nobody. */
export function tellTo(observers: readonly RunObserver[]): TellEvent | undefined {
  const [first, ...others] = observers;
  if (!first) return undefined;
  if (others.length === 0 && !first.hears) return (event) => first.onEvent(event);
  // Most events are of the kind of the one before: a million ends of jobs, for example.
  let kind: RunEvent["kind"] | undefined;
  let hearing: readonly RunObserver[] = [];
  return (event) => {
    if (event.kind !== kind) {
      kind = event.kind;
      hearing = observers.filter(({ hears }) => hears?.includes(event.kind) ?? true);
    }
    const all = hearing;
    for (let i = 0; i < all.length; i++) (all[i] as RunObserver).onEvent(event);
  };
}

/** Tells the observers that ask for it how far a run is, now and then, until it is disposed of. */
export function progressTeller(
  progress: () => readonly TaskProgress[],
  observers: readonly RunObserver[],
  clock: Clock,
) {
  const asking = observers.filter(({ progressEveryMs }) => progressEveryMs !== undefined);
  const callOffs = new Map<RunObserver, () => void>();
  const tell = (observer: RunObserver) => observer.onEvent({ kind: "progress", tasks: progress() });
  const tellLater = (observer: RunObserver) => {
    const callOff = clock.after(observer.progressEveryMs as number, () => {
      tellLater(observer);
      tell(observer);
    });
    callOffs.set(observer, callOff);
  };
  asking.forEach(tellLater);
  return {
    /** Tells all of them, whatever the time. */
    tellNow: () => asking.forEach(tell),
    [Symbol.dispose]: () => callOffs.forEach((callOff) => callOff()),
  };
}

/** What a run gives, and behind it the ends of its observers. */
export async function* endedWith<T>(
  given: AsyncIterable<T>,
  observers: readonly RunObserver[],
): AsyncGenerator<T, void, undefined> {
  let hasFailed = false;
  try {
    yield* given;
  } catch (reason) {
    hasFailed = true;
    throw reason;
  } finally {
    const ended = endAll(observers);
    await (hasFailed ? ended.catch(() => {}) : ended);
  }
}

async function endAll(observers: readonly RunObserver[]): Promise<void> {
  const ends = await Promise.allSettled(observers.map(async (observer) => await observer.end?.()));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}
