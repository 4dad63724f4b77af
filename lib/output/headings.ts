/**
 * The names of tasks above what they print.
 *
 * @module
 */

import type { Put } from "./printer.ts";
import { oneLine, teller } from "../text/shown.ts";
import type { Sink } from "./sink.ts";

/** Puts the name of a task in a line of its own, before the first that it prints. For what nobody but people read. */
export class Headings {
  readonly #to: Pick<Sink, "put" | "isLineOpen">;
  readonly #tell = teller((text) => this.#to.put(text), () => this.#to.isLineOpen);
  /** The task that has printed last. */
  #last?: string;

  constructor(to: Pick<Sink, "put" | "isLineOpen">) {
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
    return this.#to.put(piece);
  }
}
