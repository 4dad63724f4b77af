/**
 * Whether what was written last was a whole line.
 *
 * @module
 */

import type { WriteAll } from "./sink.ts";

const LINE_FEED = 10;

/** Looks at what is written to a stream that others have a part in, so that a line can start where one ends. */
export class OpenLine {
  readonly #writeAll: WriteAll;
  #isOpen = false;

  constructor(writeAll: WriteAll) {
    this.#writeAll = writeAll;
  }

  /** Writes all of some bytes, as it was told to. */
  readonly write: WriteAll = (bytes) => {
    if (bytes.length > 0) this.#isOpen = bytes.at(-1) !== LINE_FEED;
    return this.#writeAll(bytes);
  };

  /** What ends the line that is open, if one is. */
  get end(): string {
    return this.#isOpen ? "\n" : "";
  }
}
