/**
 * Outcomes as JSON, one a line.
 *
 * @module
 */

import type { Outcome, RunEvent } from "../job.ts";
import { putValue } from "./json_put.ts";
import { toJson } from "./json_value.ts";
import type { Printer, Sinks } from "./printer.ts";
import { flowBeside, flowFailed, Turns } from "./turn.ts";

/**
 * Prints every outcome, of all tasks of the run, as an object: `task`, `index`, `input`, `kind`, `value`
 * or `error`, `attempts`, `startedAt` (whole ms since the epoch), `durationMs` (to the µs), `slot`, `pid`.
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
    const { stdout } = this.#sinks;
    await flowFailed(outcome, this.#turns.taskOf(outcome), this.#sinks);
    const { task, index, input, kind } = outcome;
    const name = toJson(task);
    await stdout.put(`{"task":${name},"index":${index},"input":${toJson(input)},"kind":"${kind}"`);
    if (outcome.kind === "done") {
      await stdout.put(',"value":');
      await putValue(stdout, this.#turns.taskOf(outcome), outcome);
    } else {
      await stdout.put(`,"error":${toJson(outcome.error)}`);
    }
    const { attempts, slot, pid } = outcome;
    const { startedAt, durationMs } = outcome;
    const times = startedAt !== undefined && durationMs !== undefined
      ? { startedAt: Math.round(startedAt), durationMs: Math.round(durationMs * 1000) / 1000 }
      : {};
    await stdout.put(`,${toJson({ attempts, ...times, slot, pid }).slice(1)}\n`);
  }
}
