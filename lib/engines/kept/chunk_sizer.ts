/**
 * How many jobs go in one message.
 *
 * @module
 */

import type { Task } from "../../job.ts";
import type { Call } from "../consecutive_jobs.ts";

export const MOST = 10_000;

/** What a message is to hold, and what it costs. */
export interface ChunkTargets {
  /** How much work one should hold at the least, and at the most, in ms. */
  readonly leastMs: number;
  readonly mostMs: number;
  /** How many jobs it holds at the most. */
  readonly most: number;
  /** What each costs, whatever is in it, in ms. */
  readonly costMs: number;
}

/** Those of messages between threads, or processes, of one machine. */
const NEAR: ChunkTargets = { leastMs: 4, mostMs: 32, most: MOST, costMs: 1 / 2 };

/** How long a job is taken to be before anything is known of it, in ms. */
const UNKNOWN_MS = 4;

/** How much bigger than the last a chunk may be. */
const GROWTH = 4;

/** The most work, in ms, that a message may be expected to hold if another is to wait behind it. */
const WAIT_MS = 40;

/** What says how many jobs go in one message; it learns of which call they were, too, if there are several. */
export interface ChunkSizing extends Pick<ChunkSizer, "size" | "batches"> {
  /** Whether jobs of one message may be done apart. */
  mayPart(call?: Call): boolean;
  learn(jobs: number, tookMs: number, call?: Call): void;
}

/** The size of chunks: a fixed one, or one that follows how long jobs have taken. */
export class ChunkSizer {
  readonly #targets: ChunkTargets;
  readonly #isSingle: boolean;
  readonly #isFixed: boolean;
  /** Jobs for the next message; at least 1. */
  size: number;
  /** How many slots share the work. */
  slots: number;
  #jobMs = UNKNOWN_MS;
  #hasLearnt = false;
  #workMs = 0;

  /** Where a delay lies between two jobs, each goes alone, and only to a slot that has nothing to do. */
  constructor(
    { chunk, slots, delayMs }: Pick<Task, "chunk" | "slots" | "delayMs">,
    targets: ChunkTargets = NEAR,
  ) {
    this.#targets = targets;
    this.slots = slots;
    this.#isSingle = delayMs !== undefined;
    this.#isFixed = this.#isSingle || chunk !== "auto";
    this.size = this.#isSingle || chunk === "auto" ? 1 : chunk;
  }

  /**
   * Messages for one slot at once: 1 or 2. A second one waits there, so that the slot does not idle for a
   * round trip; but what waits there waits, however many other slots are idle, so there is none
   * before jobs are known to be short.
   */
  get batches(): number {
    if (this.#isSingle) return 1;
    return this.#hasLearnt && this.#jobMs * this.size <= WAIT_MS ? 2 : 1;
  }

  /** Not where it was said how many go together. */
  mayPart(): boolean {
    return !this.#isFixed;
  }

  /** Other work begins: of what was done before it counts only how long a job takes. */
  restart(): void {
    this.#workMs = 0;
  }

  /** How long a job takes on the average, in ms, the last ones counting most; nothing before any has ended. */
  get jobMs(): number | undefined {
    return this.#hasLearnt ? this.#jobMs : undefined;
  }

  /**
   * How much work a message is to hold, in ms: `√(2 × cost × work / waiting)`. Messages of `target` ms cost
   * `cost × work / target` in all; at the end all other slots are `waiting` for the last message, for half of it on the
   * average, which costs `waiting × target / 2`. The sum is least at this root, if there is as much work to come as has been
   * done.
   */
  get #targetMs(): number {
    const { leastMs, mostMs, costMs } = this.#targets;
    const waiting = Math.max(1, this.slots - 1);
    return Math.max(leastMs, Math.min(Math.sqrt(2 * costMs * this.#workMs / waiting), mostMs));
  }

  /** Learns that so many jobs have taken so long together. */
  learn(jobs: number, tookMs: number): void {
    this.#hasLearnt = true;
    this.#jobMs = (this.#jobMs + tookMs / jobs) / 2;
    this.#workMs += tookMs;
    if (this.#isFixed) return;
    const targetMs = this.#targetMs;
    const wanted = Math.floor(targetMs / Math.max(this.#jobMs, targetMs / this.#targets.most));
    this.size = Math.max(1, Math.min(wanted, this.size * GROWTH));
  }
}
