/**
 * Outcomes as JSON, one a line.
 *
 * @module
 */

import type { Outcome, RunEvent } from "../job.ts";
import { putOutcome } from "./outcome_put.ts";
import type { Printer, Sinks } from "./printer.ts";
import { flowBeside, flowFailed, Turns } from "./turn.ts";

/**
 * Prints every outcome, of all tasks of the run, as an object, as {@link putOutcome} has it.
 * What functions print goes to stderr, as do the stderr of commands and the stdout of those that did not
 * end well. Folds are not printed.
 */
export class NdjsonPrinter implements Printer {
  readonly #sinks: Sinks;
  readonly #turns: Turns;

  constructor(sinks: Sinks) {
    this.#sinks = sinks;
    this.#turns = new Turns((output, task) => flowBeside(output, task, sinks));
  }

  /** See {@link Printer.onEvent}. */
  onEvent(event: RunEvent): void {
    this.#turns.onEvent(event);
  }

  /** See {@link Printer.print}. */
  print(outcome: Outcome): Promise<void> | undefined {
    return this.#turns.take(outcome, () => this.#line(outcome));
  }

  /** See {@link Printer.end}. */
  end(): Promise<void> {
    return this.#sinks.stdout.flush();
  }

  async #line(outcome: Outcome): Promise<void> {
    const task = this.#turns.taskOf(outcome);
    await flowFailed(outcome, task, this.#sinks);
    await putOutcome(this.#sinks.stdout, task, outcome);
    await this.#sinks.stdout.put("\n");
  }
}
