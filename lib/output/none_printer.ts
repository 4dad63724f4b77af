/**
 * Results that nobody wants to see.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { Outcome } from "../job.ts";
import type { Printer, Sinks } from "./printer.ts";
import { drain, Turns } from "./turn.ts";

/** Prints no results; what jobs write to stderr still goes there at their turn. */
export class NonePrinter implements Printer {
  readonly #turns: Turns;

  constructor({ stderr }: Sinks) {
    this.#turns = new Turns((output) => drain(output.read("stderr"), stderr));
  }

  /** See {@link Printer.onEvent}. */
  onEvent(event: RunEvent): void {
    this.#turns.onEvent(event);
  }

  /** See {@link Printer.print}. */
  print(outcome: Outcome): Promise<void> | undefined {
    return this.#turns.take(outcome, () => undefined);
  }

  /** See {@link Printer.end}. */
  end(): Promise<void> {
    return Promise.resolve();
  }
}
