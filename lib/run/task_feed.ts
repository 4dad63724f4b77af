/**
 * Where an engine takes the jobs of a task from: retries that are due, then new inputs, as they come or the slowest
 * first; less what ended in an earlier session, and no faster than the delay of the task.
 *
 * @module
 */

import type { Feed } from "../engines/engine.ts";
import { type Jobs, part } from "../engines/consecutive_jobs.ts";
import type { Ending, PriorOutcome, PriorOutcomes, Retries, TimeBefore } from "../job.ts";
import { CLOCK, type Clock } from "../time/clock.ts";
import { slowestFirst } from "./slowest_first.ts";
import type { Window, WindowSizer } from "./window.ts";

interface TaskFeedOptions {
  readonly window: Pick<Window<unknown, unknown>, "isDry" | "take" | "look" | "onChange">;
  readonly retries: RetryQueue;
  readonly throttle?: Throttle;
  readonly sizer: Pick<WindowSizer, "share">;
  /** What ended in earlier sessions; nothing if absent. */
  readonly prior?: PriorOutcomes;
  /** Has all inputs be read before the first starts, and the slowest start first; as they come if absent. */
  readonly slowest?: { readonly timeOf: TimeBefore; readonly slots: number };
  readonly onPrior: (jobs: Jobs, outcomes: readonly PriorOutcome[]) => void;
  /** What is known of earlier sessions or runs cannot be read. */
  readonly onFault: (fault: unknown) => void;
  readonly limit: SlotLimit;
  /** The place of the task among those that share the limit. */
  readonly rank: number;
}

export class TaskFeed implements Feed {
  onChange: () => void = () => {};
  readonly #options: TaskFeedOptions;
  /** Jobs that were taken from the window, and that no earlier session ended; the last go first. */
  #taken: Jobs[] = [];
  /** Those that wait until all inputs are read, in their order. */
  #held: (Jobs & { readonly inputs: unknown[] })[] = [];
  /** Whether what is known of earlier sessions and runs cannot be read. */
  #isBroken = false;

  constructor(options: TaskFeedOptions) {
    this.#options = options;
    const { window, retries, throttle } = options;
    window.onChange = () => this.onChange();
    retries.onDue = () => this.onChange();
    if (throttle) throttle.onDue = () => this.onChange();
  }

  get isDry(): boolean {
    const { window, retries } = this.#options;
    return window.isDry && retries.isEmpty && this.#taken.length + this.#held.length === 0;
  }

  take(max: number): Jobs | undefined {
    const { window, throttle } = this.#options;
    if (!throttle) return this.#next(max);
    // What ended before does not start: without it the feed may be dry, and the wait for a start would be in vain.
    if (this.#isFilled) this.#fill();
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

  /** Takes out the jobs that no engine has taken yet. */
  giveUp(): readonly Jobs[] {
    return [...this.#held.splice(0), ...this.#taken.splice(0).reverse()];
  }

  enter(): boolean {
    return this.#options.limit.enter(this.#options.rank, () => this.onChange());
  }

  leave(): void {
    this.#options.limit.leave();
  }

  /** Retries go first: the results behind them wait for them. */
  #next(max: number): Jobs | undefined {
    const { retries, sizer } = this.#options;
    const retry = retries.isEmpty ? undefined : retries.take();
    if (retry) return { first: retry.index, inputs: [retry.input], attempt: retry.attempt };
    const most = Math.min(max, sizer.share);
    if (!this.#isFilled) return this.#takeNew(most);
    this.#fill();
    const jobs = this.#taken.pop();
    if (!jobs) return undefined;
    if (jobs.inputs.length > most) this.#taken.push(part(jobs, most));
    return part(jobs, 0, most);
  }

  /** Whether jobs are looked at before they are handed out. */
  get #isFilled(): boolean {
    const { prior, slowest } = this.#options;
    return prior !== undefined || slowest !== undefined;
  }

  #takeNew(max: number): Jobs | undefined {
    const taken = this.#options.window.take(max);
    return taken && { first: taken.first, inputs: taken.items, attempt: 1 };
  }

  /**
   * Takes new jobs until one of them has to be worked on, or no more may start now. Where the slowest start first, takes
   * all that can be read now, and puts them in order once nothing more comes.
   */
  #fill(): void {
    const { window, sizer, slowest } = this.#options;
    while (this.#taken.length === 0 && !this.#isBroken) {
      const jobs = this.#takeNew(sizer.share);
      if (!jobs) break;
      const open = this.#openOf(jobs);
      if (slowest) this.#hold(open);
      else this.#taken = open.reverse();
    }
    if (!slowest || this.#held.length === 0 || !window.isDry) return;
    const held = this.#held.splice(0);
    const ordered = this.#orFault(() => slowestFirst(held, { ...slowest, share: sizer.share }));
    this.#taken = ordered?.reverse() ?? [];
  }

  #hold(open: readonly Jobs[]): void {
    for (const jobs of open) {
      const last = this.#held.at(-1);
      if (last && last.first + last.inputs.length === jobs.first) {
        for (const input of jobs.inputs) last.inputs.push(input);
      } else this.#held.push({ ...jobs, inputs: [...jobs.inputs] });
    }
  }

  /** Tells of the jobs that ended before, and gives the others, in their order. */
  #openOf(jobs: Jobs): Jobs[] {
    const { prior } = this.#options;
    if (!prior) return [jobs];
    const found = this.#orFault(() => prior.find(jobs.first, jobs.inputs));
    if (!found) return [];
    const open: Jobs[] = [];
    for (let start = 0, end = 0; start < jobs.inputs.length; start = end) {
      const outcomes: PriorOutcome[] = [];
      for (let one = found.get(end); one; one = found.get(++end)) outcomes.push(one);
      if (end > start) this.#options.onPrior(part(jobs, start, end), outcomes);
      start = end;
      while (end < jobs.inputs.length && !found.has(end)) end++;
      if (end > start) open.push(part(jobs, start, end));
    }
    return open;
  }

  #orFault<T>(look: () => T): T | undefined {
    try {
      return look();
    } catch (fault) {
      this.#isBroken = true;
      this.#options.onFault(fault);
      return undefined;
    }
  }
}

export interface Retry {
  readonly index: number;
  readonly input: unknown;
  /** Which attempt it waits for, from 2. */
  readonly attempt: number;
}

/** The longest wait of a timer, in ms; a longer one would end at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Says which jobs are tried again, and holds them until they are due. */
export class RetryQueue {
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

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * How long a job waits after an attempt that ended so, in ms; nothing if it is not tried again:
   *
   *     wait = min(max, backoff × factor^(attempt - 1)) × (1 ± jitter)
   *
   * @param attempt Which attempt has ended, from 1.
   */
  waitAfter(ending: Ending, attempt: number): number | undefined {
    if (!this.#retries || attempt > this.#retries.times) return undefined;
    if (ending.kind === "done" || ending.kind === "cancelled") return undefined;
    const { backoffMs, factor, maxMs, jitter, on } = this.#retries;
    if (on && !on.includes(ending.kind) && !on.includes(ending.error.name)) return undefined;
    // The power may be infinite, and 0 × ∞ is no number.
    const wait = backoffMs === 0 ? 0 : Math.min(maxMs, backoffMs * factor ** (attempt - 1));
    return wait * (1 + jitter * (2 * Math.random() - 1));
  }

  add(retry: Retry, waitMs: number): void {
    const dueAt = this.#clock.now() + waitMs;
    let at = this.#waiting.length;
    while (at > 0 && (this.#waiting[at - 1]?.dueAt ?? 0) > dueAt) at--;
    this.#waiting.splice(at, 0, { dueAt, retry });
    if (at === 0) this.#setTimer();
  }

  /** A job that is due. */
  take(): Retry | undefined {
    const first = this.#waiting[0];
    if (!first || first.dueAt > this.#clock.now()) return undefined;
    this.#waiting.shift();
    this.#setTimer();
    return first.retry;
  }

  giveUp(): readonly Retry[] {
    this.#callOff?.();
    return this.#waiting.splice(0).map(({ retry }) => retry);
  }

  #setTimer(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    const first = this.#waiting[0];
    if (!first) return;
    const ms = Math.min(LONGEST_MS, Math.max(0, first.dueAt - this.#clock.now()));
    this.#callOff = this.#clock.after(ms, () => {
      if (first.dueAt <= this.#clock.now()) this.onDue();
      else this.#setTimer();
    });
  }
}

/** How late timers may be, in ms: shorter delays catch up by so much, longer ones are kept exactly. */
const LAG_MS = 10;

/** Keeps the starts of jobs apart. */
export class Throttle {
  /** Called when a job may start, after none could. */
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

  count(started: number): void {
    const from = Math.max(this.#nextAt, this.#clock.now() - this.#lagMs);
    this.#nextAt = from + started * this.#delayMs;
  }

  /** Calls no more, unless `free` is asked for again. */
  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}

/** So many slots may be busy at once; who waits is served in the order of the tasks. */
export class SlotLimit {
  #free: number;
  readonly #waiting = new Map<number, () => void>();

  constructor(slots: number) {
    this.#free = slots;
  }

  /**
   * Asks leave for one slot. If there is none, `retry` is called when there is.
   *
   * @param rank The place of its task in the run; the lowest is served first.
   */
  enter(rank: number, retry: () => void): boolean {
    if (this.#free === 0) {
      this.#waiting.set(rank, retry);
      return false;
    }
    this.#free--;
    return true;
  }

  leave(): void {
    this.#free++;
    while (this.#free > 0 && this.#waiting.size > 0) {
      const rank = Math.min(...this.#waiting.keys());
      const retry = this.#waiting.get(rank);
      this.#waiting.delete(rank);
      retry?.();
    }
  }
}
