/**
 * How long ago something was, also if this process was stopped, or its machine asleep.
 *
 * @module
 */

// As it was before it was set to the time of a server.
const wallClock = Date.now;

/** A moment on the two clocks of a machine. */
export class Moment {
  readonly #wallMs = wallClock();
  readonly #evenMs = performance.now();

  /**
   * In ms; at least what it really was. One clock stands still while the machine sleeps, the other may be set: by that,
   * more time may seem to have passed.
   */
  get agoMs(): number {
    return Math.max(performance.now() - this.#evenMs, wallClock() - this.#wallMs);
  }
}
