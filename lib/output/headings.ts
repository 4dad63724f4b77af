/**
 * The names of tasks above what they print.
 *
 * @module
 */

import type { Put } from "./printer.ts";
import { oneLine, teller } from "./shown.ts";

/** Puts the name of a task in a line of its own, before the first that it prints. For what nobody but people read. */
export class Headings {
  readonly #to: Put;
  readonly #tell = teller((text) => this.#to.put(text), () => this.#isLineOpen);
  /** The task that has printed last. */
  #last?: string;
  #isLineOpen = false;

  constructor(to: Put) {
    this.#to = to;
  }

  /** Where this task prints. */
  of(task: string): Put {
    return { put: (piece) => this.#put(task, piece) };
  }

  #put(task: string, piece: string | Uint8Array): Promise<void> | undefined {
    if (piece.length === 0) return undefined;
    if (task !== this.#last) {
      this.#tell(oneLine(`task "${task}"`));
      this.#last = task;
    }
    const last = piece.at(-1);
    this.#isLineOpen = last !== "\n" && last !== 10;
    return this.#to.put(piece);
  }
}
