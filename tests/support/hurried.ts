/**
 * Time that goes faster for who waits than it does for what works.
 *
 * @module
 */

import type { Clock } from "../../lib/time/clock.ts";
import { unheld } from "../../lib/engines/kept/flush_watchdog.ts";

/** How much faster. */
const TIMES = 10;

/** A clock by which seconds of patience are over sooner; for what does no harm when it is over too soon. */
export const HURRIED: Clock = {
  now: () => performance.now() * TIMES,
  after: (ms, act) => unheld(ms / TIMES, act),
};
