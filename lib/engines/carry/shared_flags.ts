/**
 * What a Worker and its engine tell each other without a message.
 *
 * @module
 */

import { load, store } from "../../primordials.ts";

/** Bytes of the index of a job and of when it started, which come before the flags. */
const JOB_BYTES = 2 * Float64Array.BYTES_PER_ELEMENT;

/** Places of the flags, which are whole numbers. */
const FLUSH = 0;
const PROGRESS = 1;
const FAILED = 2;
const FLAGS = 3;

/** How far a slot is with a message of jobs: it has not taken it up, is at it, or has told how all of them ended. */
export type Stage = "waiting" | "begun" | "over";

/** A few numbers in memory that a Worker and its engine share. */
export class SharedFlags implements FlushPolicy {
  /** Sent to the Worker, which makes its flags of it. */
  readonly memory: SharedArrayBuffer;
  readonly #job: Float64Array;
  /** The progress is `2 n` when all of chunk `n` was told, and `2 n - 1` from when it was begun. */
  readonly #flags: Int32Array;

  /** @param memory That of the engine's flags. @default new memory, with no job */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ??
      new SharedArrayBuffer(JOB_BYTES + FLAGS * Int32Array.BYTES_PER_ELEMENT);
    this.#job = new Float64Array(this.memory, 0, 2);
    this.#flags = new Int32Array(this.memory, JOB_BYTES, FLAGS);
    if (!memory) this.#job[0] = -1;
  }

  /** Index of the job that the Worker has started last. */
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
