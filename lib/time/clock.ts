/**
 * Time as what waits sees it, waits that last for long, and turns for others in long work.
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

/** After how long it is told, in ms. */
const TELL_MS = 10_000;

/** How often it is looked, in ms. A look counts for no more time than that: a late one says that this process was held up. */
const LOOK_MS = 500;

/**
 * Tells once that something is waited for and does not come. To begin a wait and to end it costs next to nothing: a
 * timer looks now and then whether it is still the same one.
 */
export class LongWait {
  readonly #tell: () => void;
  readonly #clock: Clock;
  /** Which wait it is, of those that have begun. */
  #wait = 0;
  #isWaiting = false;
  #isOver = false;
  #seen = 0;
  #seenAt = 0;
  #waitedMs = 0;
  #callOff?: () => void;

  /** @param tell Called once, amid the first wait that lasts for 10 s. */
  constructor(tell: () => void, clock: Clock = CLOCK) {
    this.#tell = tell;
    this.#clock = clock;
  }

  /** It is waited from now on. */
  begin(): void {
    this.#wait++;
    this.#isWaiting = true;
    if (this.#callOff || this.#isOver) return;
    this.#see();
    this.#lookLater();
  }

  /** What was waited for has come. */
  end(): void {
    this.#isWaiting = false;
  }

  /** Tells nothing any more. */
  stop(): void {
    this.#isOver = true;
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #see(): void {
    this.#seen = this.#wait;
    this.#waitedMs = 0;
  }

  #lookLater(): void {
    this.#seenAt = this.#clock.now();
    this.#callOff = this.#clock.after(LOOK_MS, () => this.#look());
  }

  #look(): void {
    this.#callOff = undefined;
    if (!this.#isWaiting) return;
    const passedMs = Math.min(this.#clock.now() - this.#seenAt, LOOK_MS);
    if (this.#wait === this.#seen) this.#waitedMs += passedMs;
    else this.#see();
    if (this.#waitedMs < TELL_MS) return this.#lookLater();
    this.stop();
    this.#tell();
  }
}

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
