/**
 * Processes that have a limit of time.
 *
 * @module
 */

import { hasEnded } from "../engines/system/proc.ts";
import { killTree, signalTree } from "../engines/system/process_tree.ts";
import type { TimedStart } from "../engines/timekeeper.ts";
import { TimedProcess } from "./watchdog_flags.ts";

interface Kept extends TimedStart {
  readonly timed: TimedProcess;
  /** When it started, or was asked to end. */
  since: number;
  isAsked: boolean;
}

/** Asks those to end that take too long, and kills them after their grace. */
export class LateProcesses {
  #kept: readonly Kept[] = [];

  /**
   * A process has started.
   *
   * @param awakeMs The time, as long as this process was not stopped.
   */
  add(
    { process, state }: { process: TimedStart; state: Int32Array<SharedArrayBuffer> },
    awakeMs: number,
  ): void {
    const timed = new TimedProcess(state);
    this.#kept = [...this.#kept, { ...process, timed, since: awakeMs, isAsked: false }];
  }

  /** Does what is due, and gives in how many ms that is to be looked at again. */
  look(awakeMs: number): number {
    this.#kept = this.#kept.filter(({ timed }) => !timed.isOver);
    let dueMs = Infinity;
    const dueIn = ({ isAsked, since, graceMs, limitMs }: Kept) =>
      (isAsked ? graceMs : limitMs[0] ?? Infinity) - ((awakeMs - since) | 0);
    for (const kept of this.#kept) {
      if (dueIn(kept) <= 0) this.#act(kept, awakeMs);
    }
    for (const kept of this.#kept) dueMs = Math.min(dueMs, dueIn(kept));
    return dueMs;
  }

  #act(kept: Kept, awakeMs: number): void {
    const { pid, marks, isAsked, timed } = kept;
    const kill = () => killTree([pid], marks);
    if (isAsked) {
      kill();
      this.#kept = this.#kept.filter((other) => other !== kept);
      return;
    }
    // What has ended while nobody could take note of it was in time.
    if (hasEnded(pid) || !timed.makeLate()) {
      this.#kept = this.#kept.filter((other) => other !== kept);
      return;
    }
    kept.isAsked = true;
    kept.since = awakeMs;
    signalTree([pid], marks, "SIGTERM");
  }
}
