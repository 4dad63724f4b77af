/**
 * What a Worker and its engine tell each other without a message.
 *
 * @module
 */

import type { Due } from "./due.ts";

/** Bytes of the index of a job, before what else is there. */
const INDEX_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** Memory that a Worker and its engine share. */
export class Board implements Due {
  /** Made into a board again in the Worker. */
  readonly memory: SharedArrayBuffer;
  readonly #job: Float64Array;
  /** One while the engine waits for what has ended. */
  readonly #hurry: Int32Array;

  /** @param memory That of a board; a new one, with no job, if absent. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(INDEX_BYTES + Int32Array.BYTES_PER_ELEMENT);
    this.#job = new Float64Array(this.memory, 0, 1);
    this.#hurry = new Int32Array(this.memory, INDEX_BYTES, 1);
    if (!memory) this.#job[0] = -1;
  }

  /** Index of the job that the Worker has started last. */
  get at(): number | undefined {
    const index = this.#job[0] as number;
    return index < 0 ? undefined : index;
  }

  /** The Worker starts a job. */
  mark(index: number): void {
    this.#job[0] = index;
  }

  /** The engine waits for what has ended. */
  hurry(): void {
    Atomics.store(this.#hurry, 0, 1);
  }

  /** See {@link Due.isDue}. */
  isDue(): boolean {
    return Atomics.load(this.#hurry, 0) !== 0;
  }

  /** See {@link Due.restart}. */
  restart(): void {
    Atomics.store(this.#hurry, 0, 0);
  }
}
