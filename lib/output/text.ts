/**
 * Results for people and for pipes: what jobs write, byte for byte, and what they return.
 *
 * @module
 */

import type { Outcome, RunEvent, Task } from "../job.ts";
import { toJson } from "./json_value.ts";
import type { Printer, Put, Sinks } from "./printer.ts";
import { Tagged } from "./tag.ts";
import { flowBeside, flowFailed, flowTo, Turns } from "./turn.ts";

/**
 * Prints at each job's turn what it wrote, then what it returned: a string as it is, nothing for
 * `undefined`, any other value as one line of JSON. A task with a fold prints what came of it instead of
 * what its jobs returned, or wrote to stdout if they are commands.
 */
export class TextPrinter implements Printer {
  readonly #sinks: Sinks;
  readonly #tagOf?: (input: unknown) => string;
  readonly #turns: Turns;

  /** @param tagOf Gives what stands in front of each line of a job's output; nothing if absent. */
  constructor(sinks: Sinks, tagOf?: (input: unknown) => string) {
    this.#sinks = sinks;
    this.#tagOf = tagOf;
    this.#turns = new Turns((output, task, input) =>
      isFolded(task) ? flowBeside(output, task, sinks) : flowTo(output, this.#tagged(input))
    );
  }

  /** See {@link Printer.onEvent}. */
  onEvent(event: RunEvent): void {
    if (event.kind === "task-ended" && event.folded) {
      this.#line(this.#sinks.stdout, event.folded.value);
    }
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
    if (outcome.kind !== "done" || outcome.value === undefined) return undefined;
    return this.#line(this.#tagged(outcome.input).stdout, outcome.value);
  }

  #line(to: Put, value: unknown): Promise<void> | undefined {
    if (value === undefined) return undefined;
    return to.put(`${typeof value === "string" ? value : toJson(value)}\n`);
  }

  #tagged(input: unknown): { readonly stdout: Put; readonly stderr: Put } {
    if (!this.#tagOf) return this.#sinks;
    const tag = this.#tagOf(input);
    const { stdout, stderr } = this.#sinks;
    return { stdout: new Tagged(stdout, tag), stderr: new Tagged(stderr, tag) };
  }
}

/** Whether the stdout of the jobs is what the fold is made of. */
function isFolded({ fold, action }: Task): boolean {
  return fold !== undefined && action.kind !== "function";
}
