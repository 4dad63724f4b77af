/**
 * What a slot and its engine tell each other without a message.
 *
 * @module
 */

import { exchange, load, or, store } from "../../primordials.ts";

/** Bytes of the index of a job and of when it started, which come before the flags. */
const JOB_BYTES = 2 * Float64Array.BYTES_PER_ELEMENT;

/** Places of the flags, which are whole numbers. */
const FLUSH = 0;
const PROGRESS = 1;
const FAILED = 2;
const TAKEN = 3;
/** Twice the number of jobs that have started, and one more while jobs are recalled. */
const STARTED = 4;
const LIMIT = 5;
const FLAGS = 6;

const RECALLED = 1;

/** Bytes of all of it. */
export const FLAG_BYTES = JOB_BYTES + FLAGS * Int32Array.BYTES_PER_ELEMENT;

/** How far a slot is with a message of jobs: it has not taken it up, is at it, or has told how all of them ended. */
export type Stage = "waiting" | "begun" | "over";

/** A few numbers in memory that a slot and its engine share. */
export class SharedFlags implements FlushPolicy {
  /** Sent to the Worker, which makes its flags of it. */
  readonly memory: ArrayBufferLike;
  readonly #job: Float64Array;
  /** The progress is `2 n` when all of chunk `n` was told, and `2 n - 1` from when it was begun. */
  readonly #flags: Int32Array;

  /** @param memory That of the engine's flags. @default new memory, with no job */
  constructor(memory?: ArrayBufferLike) {
    this.memory = memory ?? new SharedArrayBuffer(FLAG_BYTES);
    this.#job = new Float64Array(this.memory, 0, 2);
    this.#flags = new Int32Array(this.memory, JOB_BYTES, FLAGS);
    if (!memory) this.take();
  }

  /** The process has them, and marks its jobs here; no job yet. */
  take(): void {
    this.#job[0] = -1;
    store(this.#flags, TAKEN, 1);
  }

  get isTaken(): boolean {
    return load(this.#flags, TAKEN) !== 0;
  }

  /** Index of the job that the slot has started last. */
  get at(): number | undefined {
    const index = this.#job[0] as number;
    return index < 0 ? undefined : index;
  }

  /** When it has started it, in ms since the epoch. */
  get startedAt(): number {
    return this.#job[1] as number;
  }

  mark(index: number, startedAt: number): void {
    this.#job[1] = startedAt;
    this.#job[0] = index;
  }

  /** How far the Worker is with a chunk, by the number of that. */
  stageOf(chunk: number): Stage {
    const progress = load(this.#flags, PROGRESS);
    if (progress < 2 * chunk - 1) return "waiting";
    return progress < 2 * chunk ? "begun" : "over";
  }

  begin(chunk: number): void {
    store(this.#flags, PROGRESS, 2 * chunk - 1);
  }

  /** The Worker has told all of a chunk. */
  end(chunk: number): void {
    store(this.#flags, PROGRESS, 2 * chunk);
  }

  /** The Worker has failed in what is not the functions', and ends. */
  fail(): void {
    store(this.#flags, FAILED, 1);
  }

  get hasFailed(): boolean {
    return load(this.#flags, FAILED) !== 0;
  }

  /**
   * Whether the slot may start this one of all the jobs that it was sent, by their number from 0; if not, this and all
   * behind it were recalled. That it is about to start and that jobs are recalled stand in one word, so that
   * {@link recall} counts every job which starts.
   */
  mayStart(number: number): boolean {
    const before = exchange(this.#flags, STARTED, (number + 1) << 1);
    if ((before & RECALLED) === 0) return true;
    or(this.#flags, STARTED, RECALLED);
    return (number - load(this.#flags, LIMIT) | 0) < 0;
  }

  /**
   * How many jobs the slot has started.
   *
   * @param sent How many it was sent: of all these numbers the memory has 31 bits.
   */
  started(sent: number): number {
    return near(sent, load(this.#flags, STARTED) >> 1);
  }

  /**
   * Has the slot start none of the jobs any more that it was sent but the first `limit`; gives how many it has
   * started, as {@link started} does.
   */
  recall(sent: number, limit: number): number {
    store(this.#flags, LIMIT, limit | 0);
    return near(sent, or(this.#flags, STARTED, RECALLED) >> 1);
  }

  /** The slot has dropped what was recalled, and may start what it is sent after that. */
  endRecall(): void {
    store(this.#flags, STARTED, load(this.#flags, STARTED) & ~RECALLED);
  }

  requestFlush(): void {
    store(this.#flags, FLUSH, 1);
  }

  isDue(): boolean {
    return load(this.#flags, FLUSH) !== 0;
  }

  restart(): void {
    store(this.#flags, FLUSH, 0);
  }
}

/** The number near this one of which these are the last 31 bits. */
function near(number: number, bits: number): number {
  return number + (((bits - number) << 1) >> 1);
}

/** How long that may wait, in ms: about as long as the jobs of a message take. */
export const FLUSH_AFTER_MS = 32;

/** Says when it is time to flush. */
export interface FlushPolicy {
  /** Whether it is, since the last `restart()`. */
  isDue(): boolean;
  /** Everything has been told. */
  restart(): void;
}

/**
 * Flushes by the clock. To look at it takes as long as a short job: Workers have a shared flag instead.
 *
 * @param now The clock, in ms. @default `Date.now`, as it was before a function may have put another in its place
 */
export function flushByClock(now: () => number = Date.now): FlushPolicy {
  let since = 0;
  return {
    isDue: () => {
      const waitedMs = now() - since;
      // The clock may be set back.
      return waitedMs < 0 || waitedMs >= FLUSH_AFTER_MS;
    },
    restart: () => void (since = now()),
  };
}
