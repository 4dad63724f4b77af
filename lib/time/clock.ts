/**
 * Time as what waits sees it.
 *
 * @module
 */

/** The time, and a way to be called later. */
export interface Clock {
  /** In ms, from any moment on. */
  now(): number;
  /** Calls once after so many ms; gives a way to call it off. */
  after(ms: number, act: () => void): () => void;
}

/** The one that goes on by itself. */
export const CLOCK: Clock = {
  now: performance.now.bind(performance),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** The same, but what waits by it does not keep this process alive. */
export const UNHELD: Clock = {
  now: CLOCK.now,
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    Deno.unrefTimer(timer);
    return () => clearTimeout(timer);
  },
};
