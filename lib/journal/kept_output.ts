/**
 * What a job wrote in a session before.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { Output } from "../job.ts";
import { piecesOf } from "./pieces.ts";
import type { Streams } from "./record.ts";

/** Output that lies in a journal, in its row or in pieces. */
export class KeptOutput implements Output {
  readonly #database: DatabaseSync;
  readonly #job: number;
  readonly #streams: Streams;

  constructor(database: DatabaseSync, job: number, streams: Streams) {
    this.#database = database;
    this.#job = job;
    this.#streams = streams;
  }

  /** See {@link Output.read}. */
  async *read(stream: "stdout" | "stderr"): AsyncGenerator<Uint8Array> {
    yield* this.#pieces(stream);
  }

  /** Tells all that there is at once: nothing is written any more. */
  tap(listener: (stream: "stdout" | "stderr", bytes: Uint8Array) => void): void {
    for (const stream of ["stdout", "stderr"] as const) {
      for (const bytes of this.#pieces(stream)) listener(stream, bytes);
    }
  }

  /** It stays where it is. */
  drop(): void {}

  #pieces(stream: "stdout" | "stderr"): Iterable<Uint8Array> {
    const bytes = this.#streams[stream];
    return bytes ? [bytes] : piecesOf(this.#database, this.#job, stream);
  }
}
