/**
 * Those who wait for something that ends once.
 *
 * @module
 */

/** How long somebody waits. */
export interface JoinOptions {
  /** At the longest, in ms. @default as long as it takes */
  readonly timeoutMs?: number;
  /** Gives up waiting: its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** The longest time that a timer takes, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** Any number of waiters; one that has given up leaves nothing behind. */
export class Joins {
  readonly #waiting = new Set<() => void>();
  readonly #onChange: (isAnybodyThere: boolean) => void;
  #isOver = false;

  /** @param onChange Told when the first comes and when the last goes. */
  constructor(onChange: (isAnybodyThere: boolean) => void) {
    this.#onChange = onChange;
  }

  /** It has ended. */
  end(): void {
    this.#isOver = true;
    for (const go of [...this.#waiting]) go();
  }

  /**
   * Resolves when it has ended, or when the time is over; says whether it has ended.
   *
   * @throws The reason of the signal.
   */
  async wait({ timeoutMs = Infinity, signal }: JoinOptions): Promise<boolean> {
    signal?.throwIfAborted();
    if (this.#isOver) return true;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const end = () => resolve(true);
    const abort = () => reject(signal?.reason);
    const timer = timeoutMs <= LONGEST_MS ? setTimeout(() => resolve(false), timeoutMs) : undefined;
    signal?.addEventListener("abort", abort);
    this.#waiting.add(end);
    if (this.#waiting.size === 1) this.#onChange(true);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      this.#waiting.delete(end);
      if (this.#waiting.size === 0) this.#onChange(false);
    }
  }
}
