/**
 * How long the main thread has been at work.
 *
 * @module
 */

/** What Linux tells of a thread: the first number is for how long it has run, in ns. */
const PATH = "/proc/thread-self/schedstat";

/**
 * Tells a thread that was busy from a process that was stopped, where nobody else looks: one that is stopped does not
 * compute. What waits without computing is taken for stopped.
 */
export class ThreadTime {
  #isKnown?: boolean;

  /** For how long this thread has computed, in ms; 0 where that is not known. */
  get awakeMs(): number {
    this.#isKnown ??= isReadable();
    if (!this.#isKnown) return 0;
    try {
      return Number(Deno.readTextFileSync(PATH).split(" ", 1)[0]) / 1e6;
    } catch {
      this.#isKnown = false;
      return 0;
    }
  }
}

function isReadable(): boolean {
  return Deno.build.os === "linux" &&
    Deno.permissions.querySync({ name: "read", path: PATH }).state === "granted";
}
