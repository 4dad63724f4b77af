/**
 * Results as one JSON document.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { Outcome, Task } from "../job.ts";
import { toJson } from "./json_value.ts";
import { putValue } from "./outcome_printer.ts";
import type { Printer, Sinks } from "./printer.ts";
import { flowBeside, flowFailed, Turns } from "./turn.ts";

/**
 * Prints the values of the tasks that were asked for: a list, or an object of a list for each task where
 * there are several. The value of a job that did not end well is `null`; a task with a fold is what came
 * of it, `null` if a job did not end well; a skipped task is `null`. The document grows as results come.
 * What functions print goes to stderr, as do the stderr of commands and the stdout of those that did not end
 * well.
 */
export class JsonPrinter implements Printer {
  readonly #sinks: Sinks;
  readonly #only?: readonly string[];
  readonly #turns: Turns;
  #asked: readonly Task[] = [];
  #isFirstTask = true;
  /** The task whose list is open. */
  #open?: Task;

  /** @param only Names of the tasks that were asked for; all of the run if absent. */
  constructor(sinks: Sinks, only?: readonly string[]) {
    this.#sinks = sinks;
    this.#only = only;
    this.#turns = new Turns((output, task) => flowBeside(output, task, sinks));
  }

  onEvent(event: RunEvent): void {
    this.#turns.onEvent(event);
    if (event.kind === "run-started") {
      this.#asked = event.tasks.filter(({ name }) => this.#only?.includes(name) ?? true);
      if (this.#asked.length !== 1) this.#put("{");
    } else if (event.kind === "task-ended" && this.#asked.includes(event.task)) {
      if (event.task.fold) this.#whole(event.task, toJson(event.folded?.value ?? null));
      else this.#close(event.task);
    } else if (event.kind === "task-skipped" && this.#asked.includes(event.task)) {
      this.#whole(event.task, "null");
    }
  }

  print(outcome: Outcome): Promise<void> | undefined {
    return this.#turns.take(outcome, () => this.#value(outcome));
  }

  async end(): Promise<void> {
    this.#put(this.#asked.length === 1 ? "\n" : "}\n");
    await this.#sinks.stdout.flush();
  }

  async #value(outcome: Outcome): Promise<void> {
    const task = this.#turns.taskOf(outcome);
    await flowFailed(outcome, task, this.#sinks);
    if (task.fold || !this.#asked.includes(task)) return;
    if (this.#open === task) this.#put(",");
    else this.#begin(task);
    await putValue(this.#sinks.stdout, task, outcome);
  }

  #begin(task: Task): void {
    // Where the run is ended, tasks have no end of their own.
    if (this.#open) this.#close(this.#open);
    this.#key(task);
    this.#put("[");
    this.#open = task;
  }

  #close(task: Task): void {
    if (this.#open !== task) this.#begin(task);
    this.#put("]");
    this.#open = undefined;
  }

  #whole(task: Task, json: string): void {
    this.#key(task);
    this.#put(json);
  }

  #key(task: Task): void {
    if (this.#asked.length === 1) return;
    this.#put(`${this.#isFirstTask ? "" : ","}${JSON.stringify(task.name)}:`);
    this.#isFirstTask = false;
  }

  #put(text: string): void {
    this.#sinks.stdout.put(text);
  }
}
