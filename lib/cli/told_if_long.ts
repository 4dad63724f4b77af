/**
 * Waits that a command tells of.
 *
 * @module
 */

import { LongWait } from "../time/long_wait.ts";
import { stillWaiting } from "../output/notices.ts";
import type { Tell } from "../text/shown.ts";

/**
 * Waits for code of the user that need not come to its end, and says so on stderr after 10 s.
 *
 * @param what Completes "still waiting for".
 */
export async function toldIfLong<T>(
  what: string,
  awaited: Promise<T>,
  tell: Tell,
): Promise<T> {
  const wait = new LongWait(() => void tell(stillWaiting(what)));
  wait.begin();
  try {
    return await awaited;
  } finally {
    wait.stop();
  }
}
