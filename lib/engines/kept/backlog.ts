/**
 * Jobs on their way to slots.
 *
 * @module
 */

import type { Feed } from "../engine.ts";
import { type Jobs, part, singly } from "../jobs.ts";

/** Jobs taken from a feed that have no slot: one waits for a slot that opens, or their slot has died. */
export class Backlog {
  readonly #feed: Feed;
  readonly #startsWhatItTakes: boolean;
  #waiting: Jobs[] = [];

  /** @param startsWhatItTakes Whether a new job must start as soon as it is taken. */
  constructor(feed: Feed, startsWhatItTakes: boolean = false) {
    this.#feed = feed;
    this.#startsWhatItTakes = startsWhatItTakes;
  }

  /** Whether none waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Up to `max` consecutive jobs: of those that wait, or new ones. */
  take(max: number): Jobs | undefined {
    const jobs = this.#waiting.shift();
    if (!jobs) return this.#feed.take(max);
    if (jobs.inputs.length > max) this.#waiting.unshift(part(jobs, max));
    return part(jobs, 0, max);
  }

  /** Jobs that go before all others. */
  giveBack(...jobs: readonly Jobs[]): void {
    this.#waiting.unshift(...jobs);
  }

  /** Jobs that go before all others, each of them alone. */
  giveBackSingly(jobs: Jobs): void {
    this.giveBack(...singly(jobs));
  }

  /** Whether there are jobs for a slot that opens; those wait for it that may. */
  hold(max: number): boolean {
    if (!this.isEmpty) return true;
    if (this.#startsWhatItTakes) return !this.#feed.isDry;
    const jobs = this.#feed.take(max);
    if (jobs) this.#waiting.push(jobs);
    return jobs !== undefined;
  }

  /** Drops those of which this is true. */
  drop(isOne: (jobs: Jobs) => boolean): void {
    this.#waiting = this.#waiting.filter((jobs) => !isOne(jobs));
  }

  /** All that wait, which do so no more. */
  giveUp(): readonly Jobs[] {
    return this.#waiting.splice(0);
  }
}
