/**
 * What jobs write, brought out when it is their turn; and the printer that prints nothing else.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { Outcome, Output, Task } from "../job.ts";
import { JobMap } from "../job_map.ts";
import type { Printer, Put, Puts, Sinks } from "./printer.ts";

/** Brings the streams of one job out; resolves when they have ended and are out. */
export type Flow = (output: Output, task: Task, input: unknown) => Promise<void>;

/**
 * Knows whose turn it is: within ordered tasks, the job behind the last one printed. Its output flows
 * while it runs; that of all others waits.
 */
export class Turns {
  readonly #flow: Flow;
  #tasks: readonly Task[] = [];
  #byName = new Map<string, Task>();
  #task = 0;
  #index = 0;
  #waiting = new JobMap<{ readonly output: Output; readonly input: unknown }>();
  #flowing?: Promise<void>;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  taskOf(outcome: Outcome): Task {
    return this.#byName.get(outcome.task) as Task;
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case "run-started":
        this.#tasks = event.tasks;
        this.#byName = new Map(event.tasks.map((task) => [task.name, task]));
        break;
      case "job-started":
        this.#waiting.set(event, event);
        this.#flowIfItsTurn();
        break;
      case "task-ended":
      case "task-skipped":
        this.#moveTo(this.#tasks.indexOf(event.task) + 1);
        break;
    }
  }

  /**
   * Brings out what this job wrote, then has its value printed, and then moves on to the next job;
   * nothing if there is nothing to wait for.
   *
   * @param print Prints the value.
   */
  take(outcome: Outcome, print: () => Promise<void> | undefined): Promise<void> | undefined {
    if (outcome.output) return this.#takeOutput(outcome, outcome.output, print);
    const printed = print();
    this.#moveOn(outcome);
    return printed;
  }

  async #takeOutput(
    outcome: Outcome,
    output: Output,
    print: () => Promise<void> | undefined,
  ): Promise<void> {
    this.#waiting.take(outcome);
    await (this.#flowing ?? this.#flow(output, this.taskOf(outcome), outcome.input));
    this.#flowing = undefined;
    await print();
    this.#moveOn(outcome);
  }

  #moveOn(outcome: Outcome): void {
    this.#index = outcome.index + 1;
    if (this.#waiting.size > 0) this.#flowIfItsTurn();
  }

  #moveTo(task: number): void {
    if (task <= this.#task) return;
    this.#task = task;
    this.#index = 0;
    this.#flowIfItsTurn();
  }

  #flowIfItsTurn(): void {
    const task = this.#tasks[this.#task];
    // Of a job that may be tried again, only the last attempt counts.
    if (!task?.ordered || task.retries || this.#flowing) return;
    const waiting = this.#waiting.take({ task: task.name, index: this.#index });
    if (!waiting) return;
    this.#flowing = this.#flow(waiting.output, task, waiting.input);
    this.#flowing.catch(() => {});
  }
}

/** Brings stdout to one sink and stderr to another. */
export async function flowTo(output: Output, { stdout, stderr }: Puts): Promise<void> {
  await Promise.all([drain(output.read("stdout"), stdout), drain(output.read("stderr"), stderr)]);
}

/** Puts all pieces of a stream, each when there is room for it. */
export async function drain(from: AsyncIterable<string | Uint8Array>, to: Put): Promise<void> {
  for await (const piece of from) await to.put(piece);
}

/**
 * Brings to stderr what is beside the value of a job: of a command its stderr, for its stdout is the
 * value; of a function both.
 */
export async function flowBeside(output: Output, task: Task, { stderr }: Puts): Promise<void> {
  const isFunction = task.action.kind === "function";
  await Promise.all([
    drain(output.read("stderr"), stderr),
    isFunction ? drain(output.read("stdout"), stderr) : undefined,
  ]);
}

/** Brings to stderr the stdout of a command that did not end well: it is no value, and may say why. */
export async function flowFailed(outcome: Outcome, task: Task, { stderr }: Puts): Promise<void> {
  if (outcome.kind === "done" || task.action.kind === "function" || !outcome.output) return;
  await drain(outcome.output.read("stdout"), stderr);
}

/**
 * A printer of values: what is beside the value of a job goes to stderr, and then its value is put.
 *
 * @param put Puts what is told of an outcome.
 */
export function valuePrinter(
  sinks: Sinks,
  put: (task: Task, outcome: Outcome) => Promise<void>,
): Printer {
  const turns = new Turns((output, task) => flowBeside(output, task, sinks));
  const told = async (outcome: Outcome) => {
    const task = turns.taskOf(outcome);
    await flowFailed(outcome, task, sinks);
    await put(task, outcome);
  };
  return {
    onEvent: (event) => turns.onEvent(event),
    print: (outcome) => turns.take(outcome, () => told(outcome)),
    end: () => sinks.stdout.flush(),
  };
}

/** Prints no results; what jobs write to stderr still goes there at their turn. */
export function nonePrinter({ stderr }: Sinks): Printer {
  const turns = new Turns((output) => drain(output.read("stderr"), stderr));
  return {
    onEvent: (event) => turns.onEvent(event),
    print: (outcome) => turns.take(outcome, () => undefined),
    end: () => Promise.resolve(),
  };
}
