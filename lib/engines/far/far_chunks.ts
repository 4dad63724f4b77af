/**
 * Chunks that wait for their turn in a slot.
 *
 * @module
 */

import { shift } from "../../primordials.ts";
import type { Chunk } from "../carry/wire.ts";

/** A chunk, and which of all that have come it is, from 1. */
export type Numbered = readonly [number: number, chunk: Chunk];

/** The chunks in the order in which they have come. */
export class FarChunks {
  readonly #waiting: Numbered[] = [];
  #received = 0;

  /** Whether none waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** One has come. */
  add(chunk: Chunk): void {
    this.#waiting[this.#waiting.length] = [++this.#received, chunk];
  }

  /** The next one. */
  take(): Numbered | undefined {
    return shift(this.#waiting);
  }

  /** Drops the chunk with this first job, and gives it if it was there. */
  drop(first: number): Chunk | undefined {
    const waiting = this.#waiting;
    let dropped: Chunk | undefined;
    let left = 0;
    for (let i = 0; i < waiting.length; i++) {
      const one = waiting[i] as Numbered;
      if (one[1].first === first) dropped = one[1];
      else waiting[left++] = one;
    }
    waiting.length = left;
    return dropped;
  }
}
