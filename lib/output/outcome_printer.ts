/**
 * Outcomes as data, one after the other.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { Outcome } from "../job.ts";
import { HEADING, putOutcome, putRow } from "./put_outcome.ts";
import type { Printer, Sinks } from "./printer.ts";
import { flowBeside, flowFailed, Turns } from "./turn.ts";

/** How outcomes stand one after the other: objects of JSON on a line each, or rows of a table. */
export type OutcomeFormat = "ndjson" | "csv";

/**
 * Prints every outcome, of all tasks of the run, as {@link putOutcome} or {@link putRow} has it, the rows of a table
 * below its heading. What functions print goes to stderr, as do the stderr of commands and the stdout of those that did
 * not end well. Folds are not printed.
 */
export class OutcomePrinter implements Printer {
  readonly #sinks: Sinks;
  readonly #put: typeof putOutcome;
  readonly #turns: Turns;

  constructor(sinks: Sinks, format: OutcomeFormat) {
    this.#sinks = sinks;
    this.#put = format === "csv" ? putRow : putOutcome;
    this.#turns = new Turns((output, task) => flowBeside(output, task, sinks));
    if (format === "csv") sinks.stdout.put(`${HEADING}\n`);
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
    await this.#put(this.#sinks.stdout, task, outcome);
    await this.#sinks.stdout.put("\n");
  }
}
