/**
 * Turns of the event loop, for long work without a pause of its own.
 *
 * @module
 */

/** How long others may go without a turn, in ms: to give one costs about a millisecond. */
const MOST_MS = 100;

/** Says when signals, timers and what has arrived are to have a turn. */
export class EventLoopYield {
  #since = performance.now();

  /** To be waited for, if others have had no turn for a while. To ask costs as much as to look at the clock. */
  next(): Promise<void> | undefined {
    if (performance.now() - this.#since < MOST_MS) return undefined;
    return new Promise((goOn) =>
      setTimeout(() => {
        this.#since = performance.now();
        goOn();
      })
    );
  }
}
