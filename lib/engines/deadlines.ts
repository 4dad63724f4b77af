/**
 * How long jobs may take.
 *
 * @module
 */

import { CLOCK, type Clock } from "../time/clock.ts";
import type { Ending, Timeout } from "../job.ts";
import { areOfEach, type Columns, eachOf, type Endings } from "./consecutive_jobs.ts";
import { stopped } from "./stopped.ts";
import { isGranted } from "./system/proc.ts";
import type { Timekeeper } from "./engine.ts";

/** How many jobs have to end well before a share of their median says anything. */
const JOBS_LEARNT = 3;

/** Durations are told apart by this factor: the median is known to half a hundredth. */
const RESOLUTION = 1.01;

/** How often a limit that changes is held against what runs, in ms. */
const LOOK_MS = 50;

/** How often it is looked at the clock, at the least, while anything runs, in ms. */
const SIGHT_MS = 250;

/** Who has not looked at the clock for so long, in ms, was not busy but stopped. */
const STOPPED_MS = 500;

/** How long it is waited for what may have come already, in ms, before a job is late. */
const LAG_MS = 10;

/** What Linux tells of a thread: the first number is for how long it has run, in ns. */
const THREAD_PATH = "/proc/thread-self/schedstat";

/**
 * What runs, in the order in which it has started, and when the first of it is late.
 *
 * Time in which this process was stopped does not count, whatever has stopped it; of the time just before,
 * up to a quarter of a second does not count either.
 */
export class Deadlines<K> {
  readonly #timeout?: Timeout;
  readonly #onLate: (key: K, limitMs: number) => void;
  readonly #startedAt = new Map<K, number>();
  readonly #durations = new Durations();
  readonly #clock: Clock;
  readonly #timekeeper: Pick<Timekeeper, "awakeMs">;
  #seenAt = 0;
  /** When the timekeeper was asked last, and what it said: not every time, for that takes longer than a short job. */
  #asked = { at: 0, awakeMs: 0 };
  /** Since when this process has not been stopped. */
  #goesOnSince = -Infinity;
  #callOff?: () => void;

  /**
   * @param timeout Nothing is ever late if absent.
   * @param onLate Told once of what runs too long, and of the limit; it is forgotten then.
   * @param options.timekeeper Knows for how long this process was not stopped: time that passed unseen here was else
   * spent at work. By default that is the time for which this thread has computed.
   */
  constructor(
    timeout: Timeout | undefined,
    onLate: (key: K, limitMs: number) => void,
    { clock = CLOCK, timekeeper = new ThreadTime() }: {
      readonly clock?: Clock;
      readonly timekeeper?: Pick<Timekeeper, "awakeMs">;
    } = {},
  ) {
    this.#timeout = timeout;
    this.#onLate = onLate;
    this.#clock = clock;
    this.#timekeeper = timekeeper;
  }

  /** It starts now, or starts again. */
  start(key: K): void {
    if (!this.#timeout) return;
    const now = this.#see();
    this.#startedAt.delete(key);
    this.#startedAt.set(key, now);
    this.#callOff ??= this.#nextLook();
  }

  end(key: K): void {
    if (!this.#timeout) return;
    this.#see();
    this.#startedAt.delete(key);
  }

  /** Jobs have ended; those that ended well say how long the others may take. */
  learn(endings: Endings): void {
    if (!this.#timeout || "ms" in this.#timeout) return;
    const goesOnForMs = this.#see() - this.#goesOnSince;
    for (const { kind, durationMs } of eachOf(endings)) {
      // What was stopped on its way says nothing of how long others take.
      if (kind === "done" && durationMs <= goesOnForMs) this.#durations.add(durationMs);
    }
  }

  /**
   * Jobs that have ended, of which those have timed out that took longer than they may: nobody ended them, for
   * this thread was busy. They are judged by what the slot says of each, if it does, and not if they were stopped.
   */
  judged<L extends { readonly endings: Endings }>(landed: L, told: Columns): L {
    if (!this.#timeout || !areOfEach(told)) return landed;
    const { limitMs } = this;
    // As late as nobody is who is not busy.
    const lateMs = limitMs + LAG_MS + ("ms" in this.#timeout ? 0 : LOOK_MS);
    const goesOnForMs = this.#see() - this.#goesOnSince;
    const isLate = ({ durationMs = 0 }: Ending) => durationMs > lateMs && durationMs <= goesOnForMs;
    const endings = eachOf(landed.endings);
    if (!endings.some(isLate)) return landed;
    const judged = endings.map((one) => isLate(one) ? stopped({ limitMs }, one) : one);
    return { ...landed, endings: judged };
  }

  clear(): void {
    this.#startedAt.clear();
    this.#callOff?.();
  }

  /** How long each may take, as far as is known now, in ms. */
  get limitMs(): number {
    if (!this.#timeout) return Infinity;
    if ("ms" in this.#timeout) return this.#timeout.ms;
    if (this.#durations.count < JOBS_LEARNT) return Infinity;
    return this.#durations.median * this.#timeout.percent / 100;
  }

  /** Notes the time; what runs is given the time back in which nobody could. */
  #see(): number {
    const now = this.#clock.now();
    const unseenMs = now - this.#seenAt;
    const seenMs = this.#seenAt - this.#asked.at;
    this.#seenAt = now;
    if (unseenMs < STOPPED_MS || this.#startedAt.size === 0) return now;
    const stoppedMs = unseenMs - Math.max(0, this.#awakeSinceAsked(now) - seenMs);
    if (stoppedMs < STOPPED_MS) return now;
    this.#goesOnSince = now;
    for (const [key, startedAt] of this.#startedAt) this.#startedAt.set(key, startedAt + stoppedMs);
    return now;
  }

  /** Asks the timekeeper; gives for how long this process was not stopped since it was last asked. */
  #awakeSinceAsked(now: number): number {
    const before = this.#asked.awakeMs;
    const { awakeMs } = this.#timekeeper;
    this.#asked = { at: now, awakeMs };
    return (awakeMs - before) | 0;
  }

  /** A timer for when the first that has started may be late; gives a way to call it off. */
  #nextLook(): (() => void) | undefined {
    const [startedAt] = this.#startedAt.values();
    if (startedAt === undefined) return undefined;
    this.#awakeSinceAsked(this.#seenAt);
    const ms = this.#timeout && "ms" in this.#timeout
      ? Math.max(1, startedAt + this.#timeout.ms - this.#clock.now())
      : LOOK_MS;
    return this.#clock.after(Math.min(ms, SIGHT_MS), () => this.#look());
  }

  /** That a job has ended may lie unread behind what has kept us busy until now. */
  #look(): void {
    const now = this.#see();
    const [startedAt = Infinity] = this.#startedAt.values();
    this.#callOff = now - startedAt >= this.limitMs
      ? this.#clock.after(LAG_MS, () => this.#judge())
      : this.#nextLook();
  }

  #judge(): void {
    const limitMs = this.limitMs;
    const now = this.#see();
    const late = [...this.#startedAt].filter(([, startedAt]) => now - startedAt >= limitMs);
    for (const [key] of late) this.#startedAt.delete(key);
    this.#callOff = this.#nextLook();
    for (const [key] of late) this.#onLate(key, limitMs);
  }
}

/** Durations, counted by their size: the median of any number of them in little memory. */
class Durations {
  count = 0;
  readonly #counts = new Map<number, number>();

  add(ms: number): void {
    const size = Math.round(Math.log(Math.max(ms, 0.001)) / Math.log(RESOLUTION));
    this.#counts.set(size, (this.#counts.get(size) ?? 0) + 1);
    this.count++;
  }

  get median(): number {
    let below = 0;
    for (const [size, count] of [...this.#counts].toSorted(([a], [b]) => a - b)) {
      below += count;
      if (below >= this.count / 2) return RESOLUTION ** size;
    }
    return 0;
  }
}

/**
 * Tells a thread that was busy from a process that was stopped, where nobody else looks: one that is stopped does not
 * compute. What waits without computing is taken for stopped.
 */
class ThreadTime {
  #isKnown?: boolean;

  /** For how long this thread has computed, in ms; 0 where that is not known. */
  get awakeMs(): number {
    this.#isKnown ??= Deno.build.os === "linux" && isGranted({ name: "read", path: THREAD_PATH });
    if (!this.#isKnown) return 0;
    try {
      return Number(Deno.readTextFileSync(THREAD_PATH).split(" ", 1)[0]) / 1e6;
    } catch {
      this.#isKnown = false;
      return 0;
    }
  }
}
