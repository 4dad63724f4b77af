/**
 * Outcomes as JSON, one a line.
 *
 * @module
 */

import type { Outcome, RunEvent } from "../job.ts";
import { putValue } from "./json_put.ts";
import { toJson } from "./json_value.ts";
import type { Printer, Sinks } from "./printer.ts";
import { flowBeside, Turns } from "./turn.ts";

/**
 * Prints every outcome, of all tasks of the run, as an object: `task`, `index`, `input`, `kind`, `value`
 * or `error`, `attempts`, `startedAt` (ms since the epoch), `durationMs`, `slot`, `pid`. What functions
 * print, and the stderr of commands, goes to stderr. Folds are not printed.
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
  async print(outcome: Outcome): Promise<void> {
    await this.#turns.take(outcome);
    const { stdout } = this.#sinks;
    const { task, index, input, kind } = outcome;
    const head = toJson({ task, index, input: input === undefined ? null : input, kind });
    await stdout.put(head.slice(0, -1));
    if (outcome.kind === "done") {
      await stdout.put(',"value":');
      await putValue(stdout, this.#turns.taskOf(outcome), outcome);
    } else {
      await stdout.put(`,"error":${toJson(outcome.error)}`);
    }
    const { attempts, startedAt, durationMs, slot, pid } = outcome;
    await stdout.put(`,${toJson({ attempts, startedAt, durationMs, slot, pid }).slice(1)}\n`);
  }

  /** See {@link Printer.end}. */
  end(): Promise<void> {
    return this.#sinks.stdout.flush();
  }
}
