/**
 * Journals that take long to be read.
 *
 * @module
 */

import type { Watchdog } from "../../watchdog/watchdog.ts";

/** A journal that is smaller is read in a fraction of a second. */
const LONG_BYTES = 16 * 2 ** 20;

/** Has the main thread watched over while it reads a journal, if that may take a while. */
export function watchJournal(
  path: string,
  watchdog: Pick<Watchdog, "watch">,
): Disposable | undefined {
  try {
    return Deno.statSync(path).size < LONG_BYTES ? undefined : watchdog.watch("a long journal");
  } catch {
    return undefined; // Who opens it says what is wrong.
  }
}
