/**
 * What is said beside the results, for whose sake nothing stops.
 *
 * @module
 */

import type { WriteAll } from "../output/sink.ts";

/** A stream that is written as long as it can be; what is meant for it after that is lost. */
export class Lossy {
  readonly #writeAll: WriteAll;
  #failure?: { readonly reason: unknown };

  constructor(writeAll: WriteAll) {
    this.#writeAll = writeAll;
  }

  /** Writes all of some bytes, if that can be done. Never rejects. */
  readonly write: WriteAll = async (bytes) => {
    if (this.#failure) return;
    try {
      await this.#writeAll(bytes);
    } catch (reason) {
      this.#failure = { reason };
    }
  };

  /** Whether something was lost that somebody may want to read: not that to a reader who has gone. */
  get hasLost(): boolean {
    return this.#failure !== undefined &&
      !(this.#failure.reason instanceof Deno.errors.BrokenPipe);
  }
}
