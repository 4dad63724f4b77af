/**
 * What is waited for, seen as long as it is.
 *
 * @module
 */

import { settle } from "./gate.ts";

/** What has become of a promise so far, in words or as its value. */
export async function stateOf(promise: Promise<unknown>): Promise<unknown> {
  let state: unknown = "waits";
  promise.then(
    (value) => state = value,
    (thrown) => state = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : thrown,
  );
  await settle();
  return state;
}

/** What has become of each so far. */
export async function statesOf(promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  return await Promise.all(promises.map(stateOf));
}

/** A signal, and how many listen to it now. */
export function watchedSignal(): { signal: AbortSignal; listeners: () => number } {
  const { signal } = new AbortController();
  const listening = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener: (type: string, act: EventListener) => {
      listening.add(act);
      add(type, act);
    },
    removeEventListener: (type: string, act: EventListener) => {
      listening.delete(act);
      remove(type, act);
    },
  });
  return { signal, listeners: () => listening.size };
}
