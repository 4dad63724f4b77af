/**
 * What jobs come through on their way to an engine.
 *
 * @module
 */

import type { Feed } from "../engines/engine.ts";
import { type Jobs, part } from "../engines/jobs.ts";
import type { Ending } from "../job.ts";
import type { Limit } from "./slot_limit.ts";
import type { RetryQueue } from "./retry_queue.ts";
import type { Throttle } from "./throttle.ts";
import type { Window } from "./window.ts";

/** A job that has ended in a session before. */
export interface KeptJob {
  /** How it ended. */
  readonly ending: Ending;
  /** How often it was tried. */
  readonly attempts: number;
}

/** What is known of jobs before they are done. */
export interface Kept {
  /**
   * The jobs of consecutive inputs that have ended before, by offset; asked once for each index, in their order.
   *
   * @param first Index of the first input.
   */
  find(first: number, inputs: readonly unknown[]): ReadonlyMap<number, KeptJob>;
}

/** The parts of a {@link TaskFeed}. */
export interface TaskFeedParts {
  readonly window: Pick<Window<unknown, unknown>, "isDry" | "take" | "look" | "onChange">;
  readonly retries: RetryQueue;
  readonly throttle?: Throttle;
  /** Says the most jobs that are taken at once. */
  readonly reach: { readonly share: number };
  /** What has ended before; nothing if absent. */
  readonly kept?: Kept;
  /** It cannot be known what has ended. */
  readonly onFault: (fault: unknown) => void;
  /** Told of consecutive jobs that are kept. */
  readonly onKept: (jobs: Jobs, kept: readonly KeptJob[]) => void;
  readonly limit: Limit;
  /** The place of the task among those that share the limit. */
  readonly rank: number;
}

/** The inputs of a task as an engine sees them. */
export class TaskFeed implements Feed {
  onChange: () => void = () => {};
  readonly #parts: TaskFeedParts;
  /** Jobs between those that are kept. */
  #between: Jobs[] = [];
  /** Whether it cannot be known what has ended. */
  #isBroken = false;

  constructor(parts: TaskFeedParts) {
    this.#parts = parts;
    const { window, retries, throttle } = parts;
    window.onChange = () => this.onChange();
    retries.onDue = () => this.onChange();
    if (throttle) throttle.onDue = () => this.onChange();
  }

  get isDry(): boolean {
    const { window, retries } = this.#parts;
    return window.isDry && retries.isEmpty && this.#between.length === 0;
  }

  take(max: number): Jobs | undefined {
    const { window, throttle, kept } = this.#parts;
    if (!throttle) return this.#next(max);
    // Not to wait for a start that never comes: what is kept does not start.
    if (kept) this.#fill(kept);
    window.look();
    if (this.isDry) {
      throttle.stop();
      return undefined;
    }
    const { free } = throttle;
    const jobs = free === 0 ? undefined : this.#next(Math.min(max, free));
    if (jobs) throttle.count(jobs.inputs.length);
    return jobs;
  }

  /** The jobs that were taken and passed on to nobody, which they will not be any more. */
  giveUp(): readonly Jobs[] {
    return this.#between.splice(0);
  }

  /** What is tried again goes before what is new: results behind it wait for it. */
  #next(max: number): Jobs | undefined {
    const retry = this.#parts.retries.take();
    if (retry) return { first: retry.index, inputs: [retry.input], attempt: retry.attempt };
    const most = Math.min(max, this.#parts.reach.share);
    if (!this.#parts.kept) return this.#take(most);
    this.#fill(this.#parts.kept);
    const jobs = this.#between.shift();
    if (!jobs) return undefined;
    if (jobs.inputs.length > most) this.#between.unshift(part(jobs, most));
    return part(jobs, 0, most);
  }

  /** Takes jobs until one of them is not kept, or no more may start now. */
  #fill(kept: Kept): void {
    while (this.#between.length === 0 && !this.#isBroken) {
      const jobs = this.#take(this.#parts.reach.share);
      if (!jobs) return;
      this.#passOver(jobs, kept);
    }
  }

  #take(max: number): Jobs | undefined {
    const taken = this.#parts.window.take(max);
    return taken && { first: taken.first, inputs: taken.items, attempt: 1 };
  }

  /** Has the jobs that are kept told, and holds those between them. */
  #passOver(jobs: Jobs, kept: Kept): void {
    const found = this.#found(jobs, kept);
    if (!found) return;
    for (let start = 0, end = 0; start < jobs.inputs.length; start = end) {
      const isKept = found.has(start);
      while (end < jobs.inputs.length && found.has(end) === isKept) end++;
      const those = part(jobs, start, end);
      if (isKept) this.#parts.onKept(those, keptOf(found, start, end));
      else this.#between.push(those);
    }
  }

  #found({ first, inputs }: Jobs, kept: Kept): ReadonlyMap<number, KeptJob> | undefined {
    try {
      return kept.find(first, inputs);
    } catch (fault) {
      this.#isBroken = true;
      this.#parts.onFault(fault);
      return undefined;
    }
  }

  enter(): boolean {
    return this.#parts.limit.enter(this.#parts.rank, () => this.onChange());
  }

  leave(): void {
    this.#parts.limit.leave();
  }
}

function keptOf(found: ReadonlyMap<number, KeptJob>, start: number, end: number): KeptJob[] {
  return Array.from({ length: end - start }, (_, i) => found.get(start + i) as KeptJob);
}
