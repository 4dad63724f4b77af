/**
 * What is said beside the results, for whose sake nothing stops.
 *
 * @module
 */

import { type Tell, teller } from "../text/shown.ts";
import type { WriteAll } from "../output/sink.ts";

const LINE_FEED = 10;

/** stderr, which is written as long as it can be; what is meant for it after that is lost. */
export class Stderr {
  readonly #writeAll: WriteAll;
  readonly #encoder = new TextEncoder();
  #isLineOpen = false;
  #failure?: { readonly reason: unknown };

  constructor(writeAll: WriteAll) {
    this.#writeAll = writeAll;
  }

  /** Writes bytes as they are: those of jobs, and nothing that fanfold says itself. Never rejects. */
  readonly write: WriteAll = async (bytes) => {
    if (bytes.length > 0) this.#isLineOpen = bytes.at(-1) !== LINE_FEED;
    if (this.#failure) return;
    try {
      await this.#writeAll(bytes);
    } catch (reason) {
      this.#failure = { reason };
    }
  };

  /** Says something of fanfold's own, whatever texts of others are in it. Never rejects. */
  readonly tell: Tell = teller(
    (text) => this.write(this.#encoder.encode(text)),
    () => this.#isLineOpen,
  );

  /** Whether something was lost that somebody may want to read: not that to a reader who has gone. */
  get hasLost(): boolean {
    return this.#failure !== undefined &&
      !(this.#failure.reason instanceof Deno.errors.BrokenPipe);
  }
}
