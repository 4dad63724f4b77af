/**
 * How far the results of a task may run ahead of the oldest job that has not ended.
 *
 * @module
 */

import type { Done } from "../engines/endings.ts";
import type { Jobs } from "../engines/jobs.ts";
import { MOST } from "../engines/kept/chunk_sizer.ts";
import type { Task } from "../job.ts";

/** How many jobs a slot's results may run ahead, where the task does not say. */
const PER_SLOT = 2048;

/** The same where jobs are held that take little memory. */
const WIDE_PER_SLOT = 8192;

/** How far the results of all slots may run ahead, where the task does not say: many slots do not hold more. */
const IN_ALL = 2 ** 20;

/** Into how many parts a slot's share is cut: two messages there, two on their way back. */
const PARTS = 4;

/** How many jobs a slot's results may run ahead where all inputs and results are held anyway: messages may be as big as they get. */
export const WIDEST_PER_SLOT = PARTS * MOST;

/**
 * Follows what jobs are like. Where a task leaves it open, results run further ahead while inputs and values are
 * numbers, so that messages are bigger: of what takes more memory that would hold too much.
 */
export class Reach {
  readonly #slots: number;
  readonly #narrow: number;
  readonly #wide: number;
  #window: number;

  /** @param isLight Whether results are the values alone: with all that is known of a job they take more memory. */
  constructor(task: Pick<Task, "slots" | "chunk" | "window" | "source">, isLight: boolean) {
    const { slots, chunk, source, window } = task;
    const batch = source.kind === "modified" ? source.batch ?? 1 : 1;
    const isOpen = isLight && window === undefined && chunk === "auto";
    this.#slots = slots;
    this.#narrow = window ?? windowOf(task, batch);
    this.#wide = isOpen && batch === 1 ? Math.min(slots * WIDE_PER_SLOT, IN_ALL) : this.#narrow;
    this.#window = this.#narrow;
  }

  /** The number of jobs from the oldest that has not ended to the newest that may start. */
  get window(): number {
    return this.#window;
  }

  /** The most jobs that are taken at once: one slot must not take all that others wait for. */
  get share(): number {
    return Math.max(1, Math.floor(this.#window / this.#slots / PARTS));
  }

  /** Learns what jobs are like; says whether that changes the window. */
  learn({ inputs }: Jobs, { values }: Done): boolean {
    const isSmall = values instanceof Float64Array && typeof inputs[0] === "number";
    const window = isSmall ? this.#wide : this.#narrow;
    const isOther = window !== this.#window;
    this.#window = window;
    return isOther;
  }
}

/**
 * How far results may run ahead, where a task does not say and nothing is known of its jobs.
 *
 * @param batch How many inputs that were read make one: as much is held then in fewer jobs.
 */
export function windowOf(
  { slots, chunk }: Pick<Task, "slots" | "chunk">,
  batch: number = 1,
): number {
  const ahead = Math.min(slots * Math.max(PARTS, Math.floor(PER_SLOT / batch)), IN_ALL);
  return chunk === "auto" ? ahead : Math.max(ahead, slots * chunk * PARTS);
}
