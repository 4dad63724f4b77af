/**
 * Results for people and for pipes: what jobs write, byte for byte, and what they return.
 *
 * @module
 */

import type { Outcome, RunEvent, Task } from "../job.ts";
import { toJson } from "./json_value.ts";
import type { Printer, Sinks } from "./printer.ts";
import { flowBeside, flowFailed, flowTo, Turns } from "./turn.ts";

/**
 * Prints at each job's turn what it wrote, then what it returned: a string as it is, nothing for
 * `undefined`, any other value as one line of JSON. A task with a fold prints what came of it instead of
 * what its jobs returned, or wrote to stdout if they are commands.
 */
export class TextPrinter implements Printer {
  readonly #sinks: Sinks;
  readonly #turns: Turns;

  constructor(sinks: Sinks) {
    this.#sinks = sinks;
    this.#turns = new Turns((output, task) =>
      isFolded(task) ? flowBeside(output, task, sinks) : flowTo(output, sinks)
    );
  }

  /** See {@link Printer.onEvent}. */
  onEvent(event: RunEvent): void {
    if (event.kind === "task-ended" && event.folded) this.#line(event.folded.value);
    this.#turns.onEvent(event);
  }

  /** See {@link Printer.print}. */
  print(outcome: Outcome): Promise<void> | undefined {
    return this.#turns.take(outcome, () => this.#value(outcome));
  }

  /** See {@link Printer.end}. */
  end(): Promise<void> {
    return this.#sinks.stdout.flush();
  }

  #value(outcome: Outcome): Promise<void> | undefined {
    const task = this.#turns.taskOf(outcome);
    if (task.fold) return flowFailed(outcome, task, this.#sinks);
    return outcome.kind === "done" ? this.#line(outcome.value) : undefined;
  }

  #line(value: unknown): Promise<void> | undefined {
    if (value === undefined) return undefined;
    return this.#sinks.stdout.put(`${typeof value === "string" ? value : toJson(value)}\n`);
  }
}

/** Whether the stdout of the jobs is what the fold is made of. */
function isFolded({ fold, action }: Task): boolean {
  return fold !== undefined && action.kind !== "function";
}
