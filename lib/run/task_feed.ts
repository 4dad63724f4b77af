/**
 * What jobs come through on their way to an engine.
 *
 * @module
 */

import type { Feed } from "../engines/engine.ts";
import { type Jobs, part } from "../engines/jobs.ts";
import type { Ending, PriorOutcome, PriorOutcomes, Retries } from "../job.ts";
import type { SlotLimit } from "./slot_limit.ts";
import type { Window } from "./window.ts";
import { CLOCK, type Clock } from "../time/clock.ts";

/** The parts of a {@link TaskFeed}. */
export interface TaskFeedParts {
  readonly window: Pick<Window<unknown, unknown>, "isDry" | "take" | "look" | "onChange">;
  readonly retries: RetryQueue;
  readonly throttle?: Throttle;
  /** Says the most jobs that are taken at once. */
  readonly sizer: { readonly share: number };
  /** What has ended before; nothing if absent. */
  readonly kept?: PriorOutcomes;
  /** It cannot be known what has ended. */
  readonly onFault: (fault: unknown) => void;
  /** Told of consecutive jobs that are kept. */
  readonly onKept: (jobs: Jobs, kept: readonly PriorOutcome[]) => void;
  readonly limit: SlotLimit;
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
    const most = Math.min(max, this.#parts.sizer.share);
    if (!this.#parts.kept) return this.#take(most);
    this.#fill(this.#parts.kept);
    const jobs = this.#between.shift();
    if (!jobs) return undefined;
    if (jobs.inputs.length > most) this.#between.unshift(part(jobs, most));
    return part(jobs, 0, most);
  }

  /** Takes jobs until one of them is not kept, or no more may start now. */
  #fill(kept: PriorOutcomes): void {
    while (this.#between.length === 0 && !this.#isBroken) {
      const jobs = this.#take(this.#parts.sizer.share);
      if (!jobs) return;
      this.#passOver(jobs, kept);
    }
  }

  #take(max: number): Jobs | undefined {
    const taken = this.#parts.window.take(max);
    return taken && { first: taken.first, inputs: taken.items, attempt: 1 };
  }

  /** Has the jobs that are kept told, and holds those between them. */
  #passOver(jobs: Jobs, kept: PriorOutcomes): void {
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

  #found(
    { first, inputs }: Jobs,
    kept: PriorOutcomes,
  ): ReadonlyMap<number, PriorOutcome> | undefined {
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

function keptOf(
  found: ReadonlyMap<number, PriorOutcome>,
  start: number,
  end: number,
): PriorOutcome[] {
  return Array.from({ length: end - start }, (_, i) => found.get(start + i) as PriorOutcome);
}

/** One job that waits for its next attempt. */
export interface Retry {
  readonly index: number;
  readonly input: unknown;
  /** The attempt that it waits for, from 2. */
  readonly attempt: number;
}

/** The longest wait that a timer takes: with a longer one it would not wait at all. */
const LONGEST_MS = 2 ** 31 - 1;

/** Knows which jobs are tried again, and holds them until it is time. */
export class RetryQueue {
  /** Called when a job is due that was not. */
  onDue: () => void = () => {};
  readonly #retries?: Retries;
  readonly #clock: Clock;
  /** In the order in which they are due. */
  readonly #waiting: { readonly dueAt: number; readonly retry: Retry }[] = [];
  #callOff?: () => void;

  /** @param retries Nothing is tried again if absent. */
  constructor(retries: Retries | undefined, clock: Clock = CLOCK) {
    this.#retries = retries;
    this.#clock = clock;
  }

  /** Whether no job waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * How long a job waits after an attempt that has ended so, in ms; nothing if it is not tried again.
   *
   * @param attempt Which attempt has ended, from 1.
   */
  waitAfter(ending: Ending, attempt: number): number | undefined {
    if (!this.#retries || attempt > this.#retries.times) return undefined;
    if (ending.kind === "done" || ending.kind === "cancelled") return undefined;
    const { backoffMs, factor, maxMs, jitter, on } = this.#retries;
    if (on && !on.includes(ending.kind) && !on.includes(ending.error.name)) return undefined;
    // Not 0 × ∞, which a factor comes to in the end.
    const wait = backoffMs === 0 ? 0 : Math.min(maxMs, backoffMs * factor ** (attempt - 1));
    return wait * (1 + jitter * (2 * Math.random() - 1));
  }

  /** Has a job wait. */
  add(retry: Retry, waitMs: number): void {
    const dueAt = this.#clock.now() + waitMs;
    let at = this.#waiting.length;
    while (at > 0 && (this.#waiting[at - 1]?.dueAt ?? 0) > dueAt) at--;
    this.#waiting.splice(at, 0, { dueAt, retry });
    if (at === 0) this.#wake();
  }

  /** A job that is due. */
  take(): Retry | undefined {
    const first = this.#waiting[0];
    if (!first || first.dueAt > this.#clock.now()) return undefined;
    this.#waiting.shift();
    this.#wake();
    return first.retry;
  }

  /** All of them, which do not wait any more. */
  giveUp(): readonly Retry[] {
    this.#callOff?.();
    return this.#waiting.splice(0).map(({ retry }) => retry);
  }

  /** Sees to it that `onDue` is called when the first of them is due. */
  #wake(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    const first = this.#waiting[0];
    if (!first) return;
    const ms = Math.min(LONGEST_MS, Math.max(0, first.dueAt - this.#clock.now()));
    this.#callOff = this.#clock.after(ms, () => this.#ring());
  }

  #ring(): void {
    const isDue = (this.#waiting[0]?.dueAt ?? Infinity) <= this.#clock.now();
    if (isDue) this.onDue();
    else this.#wake();
  }
}

/** How late timers may be, in ms: what starts oftener than this catches up, and what does not keeps its distance. */
const LAG_MS = 10;

/** Keeps starts apart. */
export class Throttle {
  /** Called when a job may start that might not. */
  onDue: () => void = () => {};
  readonly #delayMs: number;
  readonly #clock: Clock;
  readonly #lagMs: number;
  #nextAt: number;
  #callOff?: () => void;

  /** @param delayMs The shortest time between two starts; the first one is at once. */
  constructor(delayMs: number, clock: Clock = CLOCK) {
    this.#delayMs = delayMs;
    this.#clock = clock;
    this.#lagMs = delayMs > LAG_MS ? 0 : LAG_MS;
    this.#nextAt = clock.now();
  }

  /** How many may start now; if none, `onDue` is called as soon as one may. */
  get free(): number {
    const late = this.#clock.now() - this.#nextAt;
    if (late >= 0) return 1 + Math.floor(Math.min(late, this.#lagMs) / this.#delayMs);
    this.#callOff ??= this.#clock.after(Math.ceil(-late), () => {
      this.#callOff = undefined;
      this.onDue();
    });
    return 0;
  }

  /** So many have started. */
  count(started: number): void {
    const from = Math.max(this.#nextAt, this.#clock.now() - this.#lagMs);
    this.#nextAt = from + started * this.#delayMs;
  }

  /** Does not call, unless `free` is asked for again. */
  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}
