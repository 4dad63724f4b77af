/**
 * What slots print outside any job.
 *
 * @module
 */

import type { RunEvent, RunObserver } from "../events.ts";
import { Tagged, type Tags } from "../output/labels.ts";
import type { Put } from "../output/printer.ts";

/** Puts it to stderr as it comes, behind the tag of its task if it has one. */
export class OutsideJobs implements RunObserver {
  readonly hears = ["printed"] as const;
  readonly #stderr: Put;
  readonly #tags?: Tags;
  /** Lines that are not at their end, by slot and task. */
  readonly #tagged = new Map<string, Put>();

  constructor(stderr: Put, tags?: Tags) {
    this.#stderr = stderr;
    this.#tags = tags;
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "printed") this.#to(event.task, event.slot).put(event.bytes);
  }

  #to(task: string, slot: number): Put {
    const tag = this.#tags?.ofTask?.(task);
    if (tag === undefined) return this.#stderr;
    const key = `${slot} ${task}`;
    const to = this.#tagged.get(key) ?? new Tagged(this.#stderr, tag);
    this.#tagged.set(key, to);
    return to;
  }
}
