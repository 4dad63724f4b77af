/**
 * `fanfold run`: the tasks of a tasks file.
 *
 * @module
 */

import { basename, dirname } from "node:path";
import type { Task } from "../../job.ts";
import { TASK_TAGS } from "../../output/labels.ts";
import { plan } from "../../run/plan.ts";
import type { Args } from "../request/args.ts";
import type { Command, Io } from "../command.ts";
import { JOURNAL_OPTIONS, journalRequest } from "../request/journal_request.ts";
import { outputOf, perform } from "../perform.ts";
import { checkStdin } from "../kept/reads.ts";
import { RULE_OPTIONS, rulesOf, underRules } from "../request/rule_options.ts";
import { loadNamed, slotsOf } from "../request/tasks_request.ts";

/** See the module. */
export const runCommand: Command = {
  name: "run",
  operands: "[TASK…]",
  description: "run the tasks named, or all, with what they need",
  options: [
    "file",
    "jobs",
    ...RULE_OPTIONS,
    "format",
    "unordered",
    "tag",
    "isolation",
    ...JOURNAL_OPTIONS,
    "no-journal",
    "help",
  ],
  examples: [
    "fanfold run",
    "fanfold run double --format json -f tasks/multiprocessing.yaml",
    "find . -type f | fanfold run checksums -f tasks/checksums.yaml -j 50%",
  ],
  takesOperands: true,
  run: runTasks,
};

async function runTasks(args: Args, io: Io): Promise<number> {
  const slots = slotsOf(args);
  const rules = rulesOf(args);
  const how = outputOf(args, TASK_TAGS);
  const only = args.operands.length > 0 ? args.operands : undefined;
  const { file, tasks, own } = await loadNamed(args, io, { looksAt: only ?? "all" });
  const planned = plan(tasks, only);
  checkStdin(planned);
  const changed = planned.map((task) => changedBy(args, underRules(task, rules), slots));
  const journal = journalRequest(args, {
    command: "run",
    origin: { where: dirname(file), what: ["run", basename(file), ...args.operands.toSorted()] },
    home: dirname(file),
    here: io.here,
    isAsked: false,
  });
  return await perform({ ...how, tasks: changed, only, slots, journal, own }, io);
}

/** A task under the options of the command line, which come before its own. */
function changedBy({ options }: Args, task: Task, slots?: number): Task {
  return {
    ...task,
    slots: slots ?? task.slots,
    ordered: task.ordered && (options.unordered === undefined || task.fold !== undefined),
  };
}
