/**
 * How many jobs go in one message.
 *
 * @module
 */

/** How much work one message should hold, in ms. */
const TARGET_MS = 4;

/** The most jobs that one message holds. */
const MOST = 10_000;

/** How much bigger than the last a chunk may be. */
const GROWTH = 4;

/** The size of chunks: a fixed one, or one that follows how long jobs have taken. */
export class Pace {
  readonly #isFixed: boolean;
  #size: number;
  #jobMs = TARGET_MS;

  constructor(chunk: number | "auto") {
    this.#isFixed = chunk !== "auto";
    this.#size = chunk === "auto" ? 1 : chunk;
  }

  /** Jobs for the next message; starts at one. */
  get size(): number {
    return this.#size;
  }

  /** Learns that so many jobs have taken so long together. */
  learn(jobs: number, tookMs: number): void {
    if (this.#isFixed) return;
    this.#jobMs = (this.#jobMs + tookMs / jobs) / 2;
    const wanted = Math.floor(TARGET_MS / Math.max(this.#jobMs, TARGET_MS / MOST));
    this.#size = Math.max(1, Math.min(wanted, this.#size * GROWTH));
  }
}
