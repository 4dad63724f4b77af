/**
 * The values of another task.
 *
 * @module
 */

import type { Modifiers } from "./readers/modified.ts";
import type { SourceRecord } from "./source_record.ts";

/** A source of what the jobs of another task return, or write to stdout if they are commands. */
export interface FromSource extends Modifiers {
  /** Name of the task. */
  readonly from: string;
}

/** The values of the jobs of another task that are done, in the order in which that task gives them. */
export type FromInputs = { readonly kind: "from"; readonly task: string };

/** The values of another task. */
export const from = {
  key: {
    name: "from",
    example: "{ from: double }",
    gives: "The values of another task's jobs that are done, as they come; that task is run too",
    elsewhere: "task resultsof outputof",
    holds: "task",
    schema: ({ filled }) => filled("the name of a task"),
    sourceOf: ({ from }) => ({ kind: "from", task: from }),
  },
  kind: {
    name: "from",
    whence: () => "task",
    open: ({ task }, { valuesOf }) => valuesOf(task),
    text: ({ task }) => `values of task ${task}`,
  },
} as const satisfies SourceRecord<FromSource, FromInputs>;
