/**
 * Results for people and for pipes: what jobs write, byte for byte, and what they return.
 *
 * @module
 */

import type { Outcome, Task } from "../job.ts";
import { toJson } from "./json_value.ts";
import type { Printer, Puts, Sinks } from "./printer.ts";
import { type Headings, Tagged, type Tags } from "./labels.ts";
import { oneLine } from "../text/shown.ts";
import { flowBeside, flowFailed, flowTo, Turns } from "./turn.ts";

/**
 * Prints at each job's turn what it wrote, then what it returned: a string as it is, nothing for
 * `undefined`, any other value as one line of JSON. A task with a fold prints what came of it instead of
 * what its jobs returned, or wrote to stdout if they are commands.
 *
 * @param labels What tells where lines come from: tags in front of each, or headings above what each task
 * prints.
 */
export function textPrinter(
  sinks: Sinks,
  { tags, headings }: { readonly tags?: Tags; readonly headings?: Pick<Headings, "of"> } = {},
): Printer {
  const toTask = (task: string, tag: string | undefined): Puts => {
    const { stdout, stderr } = headings?.of(task) ?? sinks;
    if (tag === undefined) return { stdout, stderr };
    // Who reads stderr are people.
    return { stdout: new Tagged(stdout, tag), stderr: new Tagged(stderr, oneLine(tag)) };
  };
  /** Where what a job prints goes, and its value. */
  const toJob = ({ task, input }: Pick<Outcome, "task" | "input">): Puts => {
    // Most runs have neither, and jobs may be many.
    if (!tags && !headings) return sinks;
    return toTask(task, tags?.ofJob(task, input));
  };
  const turns = new Turns((output, task, input) => {
    const to = toJob({ task: task.name, input });
    return isFolded(task) ? flowBeside(output, task, to) : flowTo(output, to);
  });
  const putValue = (outcome: Outcome) => {
    const task = turns.taskOf(outcome);
    if (task.fold) return flowFailed(outcome, task, toJob(outcome));
    if (outcome.kind !== "done" || outcome.value === undefined) return undefined;
    return toJob(outcome).stdout.put(lineOf(outcome.value));
  };
  return {
    onEvent: (event) => {
      if (event.kind === "task-ended" && event.folded?.value !== undefined) {
        const { name } = event.task;
        toTask(name, tags?.ofTask?.(name)).stdout.put(lineOf(event.folded.value));
      }
      turns.onEvent(event);
    },
    print: (outcome) => turns.take(outcome, () => putValue(outcome)),
    end: () => sinks.stdout.flush(),
  };
}

/** A value in a line: a string as it is, any other as JSON. */
export function lineOf(value: unknown): string {
  return `${typeof value === "string" ? value : toJson(value)}\n`;
}

/** Whether the stdout of the jobs is what the fold is made of. */
export function isFolded({ fold, action }: Task): boolean {
  return fold !== undefined && action.kind !== "function";
}
