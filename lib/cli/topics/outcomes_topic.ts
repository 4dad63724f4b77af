/**
 * `fanfold help outcomes`: how jobs and runs end.
 *
 * @module
 */

import { EXIT_FAULT, EXIT_JOB, type FaultKind } from "../../fault.ts";
import type { Counts } from "../../job.ts";
import { EXIT_SOFTWARE } from "../uncaught.ts";
import type { Row, Topic } from "../topic.ts";

const KINDS: Readonly<Record<keyof Counts, string>> = {
  done: "its function gave a value, its command ended with exit code 0",
  failed: "the function threw, the command ended with another exit code than 0",
  "timed-out": "it took longer than its `timeout`",
  died: "its slot ended under it, or a signal ended the command",
  cancelled: "`halt` has ended it, or kept it from starting at its slot",
};

const FAULTS: Readonly<Record<FaultKind, string>> = {
  usage: "a mistake in the arguments",
  tasks: "a mistake in the tasks file",
  input: "an input that cannot be read",
  journal: "a journal that cannot be written or read, a full disk",
  engine: "an engine that failed, or stderr that cannot be written to (which stops nothing)",
};

/** Exit codes in their order, faults of one code in one row. */
function exitCodes(): readonly Row[] {
  const faults = Map.groupBy(Object.entries(FAULTS), ([kind]) => EXIT_FAULT[kind as FaultKind]);
  return [
    ["0", "every job is done"],
    [`${EXIT_JOB}`, "a job did not end well"],
    ...[...faults].map(([code, some]): Row => [
      `${code}`,
      some.map(([, text]) => text).join("; "),
    ]),
    [`${EXIT_SOFTWARE}`, "a mistake of fanfold itself"],
    ["128 + n", "signal n ended fanfold; 141 when the reader of stdout has gone"],
  ];
}

export const outcomesTopic: Topic = {
  name: "outcomes",
  title: "how jobs and runs end",
  blocks: [
    "Every input that is read ends in one outcome, of one of these kinds:",
    { rows: Object.entries(KINDS) },
    "A command that takes too long is asked to end with all that it has started, and killed after " +
    "`grace`; a function ends with its process, unless it has looked at its signal and ends within " +
    "`grace`.",
    "What `halt` or a signal to fanfold has ended is `cancelled`; inputs that no slot was given have " +
    "no outcome, unless `order` holds them all: then they are `cancelled`, too. What a cancelled job " +
    "had written comes at its turn, and is told by `fanfold show` until the run is gone on with, " +
    "which does that job again. Failures " +
    "halt all tasks of the run; `success` and `done` only their own, and with its successes a task " +
    "is well, whatever else has failed. For a share of the inputs, all of them are read first.",
    {
      lines: "tasks:\n  ping: { command: [ping, -c1, '{}'], inputs: [a, b], halt: 'now,fail=3' }",
    },
    "The exit code is",
    { rows: exitCodes() },
    "`fanfold check --permissions` exits with 1 where tasks may do more than before.",
    "What a tasks file, a source or a `fold` throws where nobody waits for it ends the run with " +
    `${EXIT_FAULT.usage}, and so does \`exit\` of \`Deno\` there; FANFOLD_TRACE=1 in the ` +
    "environment tells all frames of what ended the run.",
    "fanfold show last tells how a run ended, why, and how to go on.",
  ],
};
