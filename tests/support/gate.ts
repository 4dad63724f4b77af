/**
 * Jobs that stay open until the test lets them go.
 *
 * @module
 */

/** A place where jobs wait, each under a number, until the test opens it. */
export class Gate {
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();

  /** Waits until `open(key)` is called. */
  pass(key: number): Promise<void> {
    return this.#at(key).promise;
  }

  /** Lets the job with this number go. */
  open(key: number): void {
    this.#at(key).resolve();
  }

  #at(key: number): PromiseWithResolvers<void> {
    const found = this.#waiting.get(key) ?? Promise.withResolvers<void>();
    this.#waiting.set(key, found);
    return found;
  }
}

/** Lets everything that can go on without a timer or the outside go on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}
