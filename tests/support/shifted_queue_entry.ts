/**
 * The thread of a queue on a machine whose clock is wrong: `shifted_queue_entry.ts?shift=300000` is five minutes ahead.
 *
 * @module
 */

import "./shift_clock.ts";
import "../../lib/engines/queue/server/queue_entry.ts";
