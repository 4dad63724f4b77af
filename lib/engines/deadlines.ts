/**
 * How long jobs may take.
 *
 * @module
 */

import type { Ending, Timeout } from "../job.ts";

/** How many jobs have to end well before a share of their median says anything. */
const JOBS_LEARNT = 3;

/** Durations are told apart by this factor: the median is known to half a hundredth. */
const RESOLUTION = 1.01;

/** How often a limit that changes is held against what runs, in ms. */
const LOOK_MS = 50;

/** How long it is waited for what may have come already, in ms, before a job is late. */
const LAG_MS = 10;

/** The longest time that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** What runs, in the order in which it has started, and when the first of it is late. */
export class Deadlines<K> {
  readonly #timeout?: Timeout;
  readonly #onLate: (key: K, limitMs: number) => void;
  readonly #startedAt = new Map<K, number>();
  readonly #durations = new Durations();
  #timer?: ReturnType<typeof setTimeout>;

  /**
   * @param timeout Nothing is ever late if absent.
   * @param onLate Told once of what runs too long, and of the limit; it is forgotten then.
   */
  constructor(timeout: Timeout | undefined, onLate: (key: K, limitMs: number) => void) {
    this.#timeout = timeout;
    this.#onLate = onLate;
  }

  /** It starts now, or starts again. */
  start(key: K): void {
    if (!this.#timeout) return;
    this.#startedAt.delete(key);
    this.#startedAt.set(key, performance.now());
    this.#timer ??= this.#nextLook();
  }

  /** It runs no more. */
  end(key: K): void {
    this.#startedAt.delete(key);
  }

  /** Jobs have ended; those that ended well say how long the others may take. */
  learn(endings: readonly Ending[]): void {
    if (!this.#timeout || "ms" in this.#timeout) return;
    for (const { kind, durationMs } of endings) {
      if (kind === "done") this.#durations.add(durationMs);
    }
  }

  /** Nothing is late any more. */
  clear(): void {
    this.#startedAt.clear();
    clearTimeout(this.#timer);
  }

  get #limitMs(): number {
    if (!this.#timeout) return Infinity;
    if ("ms" in this.#timeout) return this.#timeout.ms;
    if (this.#durations.count < JOBS_LEARNT) return Infinity;
    return this.#durations.median * this.#timeout.percent / 100;
  }

  /** A timer for when the first that has started may be late. */
  #nextLook(): ReturnType<typeof setTimeout> | undefined {
    const [startedAt] = this.#startedAt.values();
    if (startedAt === undefined) return undefined;
    const ms = this.#timeout && "ms" in this.#timeout
      ? Math.max(1, startedAt + this.#timeout.ms - performance.now())
      : LOOK_MS;
    return setTimeout(() => this.#look(), Math.min(ms, LONGEST_MS));
  }

  /** That a job has ended may lie unread behind what has kept us busy until now. */
  #look(): void {
    const [startedAt = Infinity] = this.#startedAt.values();
    const isLate = performance.now() - startedAt >= this.#limitMs;
    this.#timer = isLate ? setTimeout(() => this.#judge(), LAG_MS) : this.#nextLook();
  }

  #judge(): void {
    const limitMs = this.#limitMs;
    const now = performance.now();
    const late = [...this.#startedAt].filter(([, startedAt]) => now - startedAt >= limitMs);
    for (const [key] of late) this.#startedAt.delete(key);
    this.#timer = this.#nextLook();
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
