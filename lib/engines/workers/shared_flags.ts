/**
 * What a Worker and its engine tell each other without a message.
 *
 * @module
 */

import type { Due } from "../far/flush_policy.ts";
import type { Stage } from "../kept/link.ts";
import { load, store } from "../../primordials.ts";

/** Bytes of the index of a job, before what else is there. */
const INDEX_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** What is there of whole numbers. */
const HURRY = 0;
const PROGRESS = 1;
const FAILED = 2;
const WORDS = 3;

/** Memory that a Worker and its engine share. */
export class Board implements Due {
  /** Made into a board again in the Worker. */
  readonly memory: SharedArrayBuffer;
  readonly #job: Float64Array;
  /** Whether the engine waits for what has ended; twice the number of the last chunk, less one at its start. */
  readonly #words: Int32Array;

  /** @param memory That of a board; a new one, with no job, if absent. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ??
      new SharedArrayBuffer(INDEX_BYTES + WORDS * Int32Array.BYTES_PER_ELEMENT);
    this.#job = new Float64Array(this.memory, 0, 1);
    this.#words = new Int32Array(this.memory, INDEX_BYTES, WORDS);
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

  /** How far the Worker is with a chunk, by the number of that. */
  stageOf(chunk: number): Stage {
    const progress = load(this.#words, PROGRESS);
    if (progress < 2 * chunk - 1) return "waiting";
    return progress < 2 * chunk ? "begun" : "over";
  }

  /** The Worker takes a chunk up. */
  begin(chunk: number): void {
    store(this.#words, PROGRESS, 2 * chunk - 1);
  }

  /** The Worker has told all of a chunk. */
  end(chunk: number): void {
    store(this.#words, PROGRESS, 2 * chunk);
  }

  /** The Worker has failed in what is not the functions', and ends. */
  fail(): void {
    store(this.#words, FAILED, 1);
  }

  /** Whether it has. */
  get hasFailed(): boolean {
    return load(this.#words, FAILED) !== 0;
  }

  /** The engine waits for what has ended. */
  hurry(): void {
    store(this.#words, HURRY, 1);
  }

  /** See {@link Due.isDue}. */
  isDue(): boolean {
    return load(this.#words, HURRY) !== 0;
  }

  /** See {@link Due.restart}. */
  restart(): void {
    store(this.#words, HURRY, 0);
  }
}
