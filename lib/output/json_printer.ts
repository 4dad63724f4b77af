/**
 * Results as one JSON document.
 *
 * @module
 */

import type { Task } from "../job.ts";
import { toJson } from "./json_value.ts";
import { putValue } from "./outcome_printer.ts";
import type { Printer, Sinks } from "./printer.ts";
import { valuePrinter } from "./turn.ts";

/**
 * Prints the values of the tasks that were asked for: a list, or an object of a list for each task where
 * there are several. The value of a job that did not end well is `null`; a task with a fold is what came
 * of it, `null` if a job did not end well; a skipped task is `null`. The document grows as results come.
 * What functions print goes to stderr, as do the stderr of commands and the stdout of those that did not end
 * well.
 *
 * @param only Names of the tasks that were asked for; all of the run if absent.
 */
export function jsonPrinter(sinks: Sinks, only?: readonly string[]): Printer {
  let asked: readonly Task[] = [];
  let isFirstTask = true;
  /** The task whose list is open. */
  let open: Task | undefined;

  const put = (text: string) => sinks.stdout.put(text);
  const putKey = ({ name }: Task) => {
    if (asked.length === 1) return;
    put(`${isFirstTask ? "" : ","}${JSON.stringify(name)}:`);
    isFirstTask = false;
  };
  const putWhole = (task: Task, json: string) => {
    putKey(task);
    put(json);
  };
  const begin = (task: Task) => {
    // Where the run is ended, tasks have no end of their own.
    if (open) close(open);
    putWhole(task, "[");
    open = task;
  };
  const close = (task: Task) => {
    if (open !== task) begin(task);
    put("]");
    open = undefined;
  };

  const printer = valuePrinter(sinks, async (task, outcome) => {
    if (task.fold || !asked.includes(task)) return;
    if (open === task) put(",");
    else begin(task);
    await putValue(sinks.stdout, task, outcome);
  });
  return {
    ...printer,
    onEvent: (event) => {
      printer.onEvent(event);
      if (event.kind === "run-started") {
        asked = event.tasks.filter(({ name }) => only?.includes(name) ?? true);
        if (asked.length !== 1) put("{");
      } else if (event.kind === "task-ended" && asked.includes(event.task)) {
        if (event.task.fold) putWhole(event.task, toJson(event.folded?.value ?? null));
        else close(event.task);
      } else if (event.kind === "task-skipped" && asked.includes(event.task)) {
        putWhole(event.task, "null");
      }
    },
    end: async () => {
      put(asked.length === 1 ? "\n" : "}\n");
      await printer.end();
    },
  };
}
