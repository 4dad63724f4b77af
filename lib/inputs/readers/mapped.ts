/**
 * Inputs made of other inputs.
 *
 * @module
 */

import type { Items } from "../../streams/iteration.ts";
import { END, InputsCursor, overCursor, WAIT } from "./cursor.ts";

/**
 * What a function makes of each input.
 *
 * @throws From `next()`: what the inputs or the function throw, after what was made before it.
 */
export function mapped(
  inputs: Items,
  change: (input: unknown) => unknown,
): AsyncIterable<unknown> {
  return overCursor(() => new MappedCursor(inputs, change));
}

class MappedCursor extends InputsCursor {
  readonly #change: (input: unknown) => unknown;

  constructor(
    inputs: Items,
    change: (input: unknown) => unknown,
  ) {
    super(() => inputs);
    this.#change = change;
  }

  override take(): unknown {
    const value = super.take();
    return value === WAIT || value === END ? value : this.#change(value);
  }
}
