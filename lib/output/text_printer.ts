/**
 * Results for people and for pipes: what jobs write, byte for byte, and what they return.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { Outcome, Task } from "../job.ts";
import { toJson } from "./json_value.ts";
import type { Printer, Put, Puts, Sinks } from "./printer.ts";
import { type Headings, Tagged, type Tags } from "./labels.ts";
import { oneLine } from "../text/shown.ts";
import { flowBeside, flowFailed, flowTo, Turns } from "./turn.ts";

/**
 * Prints at each job's turn what it wrote, then what it returned: a string as it is, nothing for
 * `undefined`, any other value as one line of JSON. A task with a fold prints what came of it instead of
 * what its jobs returned, or wrote to stdout if they are commands.
 */
export class TextPrinter implements Printer {
  readonly #sinks: Sinks;
  readonly #tags?: Tags;
  readonly #headings?: Headings;
  readonly #turns: Turns;

  /**
   * @param labels What tells where lines come from: tags in front of each, or headings above each task, which take both
   * streams of it.
   */
  constructor(
    sinks: Sinks,
    { tags, headings }: { readonly tags?: Tags; readonly headings?: Headings } = {},
  ) {
    this.#sinks = sinks;
    this.#tags = tags;
    this.#headings = headings;
    this.#turns = new Turns((output, task, input) => {
      const to = this.#ofJob({ task: task.name, input });
      return isFolded(task) ? flowBeside(output, task, to) : flowTo(output, to);
    });
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "task-ended" && event.folded) {
      const { name } = event.task;
      this.#line(this.#of(name, this.#tags?.ofTask?.(name)).stdout, event.folded.value);
    }
    this.#turns.onEvent(event);
  }

  print(outcome: Outcome): Promise<void> | undefined {
    return this.#turns.take(outcome, () => this.#value(outcome));
  }

  end(): Promise<void> {
    return this.#sinks.stdout.flush();
  }

  #value(outcome: Outcome): Promise<void> | undefined {
    const task = this.#turns.taskOf(outcome);
    if (task.fold) return flowFailed(outcome, task, this.#ofJob(outcome));
    if (outcome.kind !== "done" || outcome.value === undefined) return undefined;
    return this.#line(this.#ofJob(outcome).stdout, outcome.value);
  }

  #line(to: Put, value: unknown): Promise<void> | undefined {
    if (value === undefined) return undefined;
    return to.put(lineOf(value));
  }

  /** Where what a job prints goes, and its value. */
  #ofJob({ task, input }: Pick<Outcome, "task" | "input">): Puts {
    // Most runs have neither, and jobs may be many.
    if (!this.#tags && !this.#headings) return this.#sinks;
    return this.#of(task, this.#tags?.ofJob(task, input));
  }

  #of(task: string, tag: string | undefined): Puts {
    const heading = this.#headings?.of(task);
    const { stdout, stderr } = heading ? { stdout: heading, stderr: heading } : this.#sinks;
    if (tag === undefined) return { stdout, stderr };
    // Who reads stderr are people.
    return { stdout: new Tagged(stdout, tag), stderr: new Tagged(stderr, oneLine(tag)) };
  }
}

/** A value in a line: a string as it is, any other as JSON. */
export function lineOf(value: unknown): string {
  return `${typeof value === "string" ? value : toJson(value)}\n`;
}

/** Whether the stdout of the jobs is what the fold is made of. */
function isFolded({ fold, action }: Task): boolean {
  return fold !== undefined && action.kind !== "function";
}
