/**
 * `fanfold run`: the tasks of a tasks file.
 *
 * @module
 */

import { basename, dirname } from "node:path";
import { TASK_TAGS } from "../../output/labels.ts";
import { plan } from "../../run/plan.ts";
import type { Command } from "../command.ts";
import { type JournalOptions, journalRequest, readJournal } from "../request/journal_request.ts";
import { type Args, checkConflicts } from "../request/args.ts";
import { optionsNamed } from "../request/options.ts";
import { perform } from "../perform.ts";
import { checkNeeds } from "../permissions/needs.ts";
import { connectionTo, readQueue, serverOf } from "../request/queue_request.ts";
import { withPlainUrl } from "../request/queue_url.ts";
import { readReports, REPORT_OPTIONS, type ReportRequest } from "../request/report_request.ts";
import { ruleOptions } from "../../rules/rules.ts";
import { type GivenRules, rulesOf, underRules } from "../request/rule_options.ts";
import { type OutputOptions, readOutput } from "../request/run_request.ts";
import { checkStdin, loadNamed, readTasks, type TasksRequest } from "../request/tasks_request.ts";

export interface RunTasksRequest extends TasksRequest {
  readonly rules: GivenRules;
  readonly output: OutputOptions;
  /** Reads what is kept; what is wrong with the tasks file is told before what is wrong with it. */
  readonly journal: () => JournalOptions | undefined;
  readonly stateDir?: string;
  readonly reports: readonly ReportRequest[];
  /** That it is learnt what the tasks need, and whether that is written. @default nothing is learnt */
  readonly learns?: { readonly writes: boolean };
  /** URL of the queue whose hosts do the jobs. @default this machine does them */
  readonly on?: string;
}

export const runCommand: Command<RunTasksRequest> = {
  name: "run",
  options: [
    ...optionsNamed("file"),
    ...ruleOptions("all", "commands"),
    ...optionsNamed("format", "unordered", "tag", "live"),
    ...optionsNamed("progress", "quiet", "verbose"),
    ...REPORT_OPTIONS,
    ...optionsNamed("resume", "resume-failed", "no-journal", "state-dir"),
    ...optionsNamed("on", "learn", "write"),
    ...ruleOptions("functions"),
    ...optionsNamed("locked", "help"),
  ],
  examples: [
    "fanfold run",
    "fanfold run double --format json -f tasks/multiprocessing.yaml",
    "fanfold run double --learn --write",
    "find . -type f | fanfold run checksums -f tasks/checksums.yaml -j 50%",
  ],
  read: (args) => ({
    rules: rulesOf(args),
    output: readOutput(args, TASK_TAGS),
    ...readTasks(args),
    journal: () => readJournal(args, "run"),
    stateDir: args.options["state-dir"],
    reports: readReports(args),
    learns: readLearning(args),
    on: readQueue(args),
  }),
  async carryOut(request, io) {
    const { here } = io;
    await using connection = await connectionTo(request.on);
    const argv = withPlainUrl(io.argv);
    const { only, rules, stateDir, isLocked, output: { ordered, ...output } } = request;
    const { file, tasks, own } = await loadNamed(request, io, { looksAt: only ?? "all" });
    const planned = plan(tasks, only);
    checkStdin(planned);
    if (isLocked) await (await import("../permissions/locked.ts")).checkLocked(file, planned);
    const changed = planned.map((task) => ({
      ...underRules(task, rules),
      ordered: task.ordered && (ordered || task.fold !== undefined),
    }));
    const tasksFile = ["run", basename(file)];
    const origin = [...tasksFile, ...(only ?? []).toSorted()];
    const kept = request.journal();
    const state = kept && { named: kept.stateDir };
    const server = await serverOf(request.on);
    checkNeeds({ tasks: changed, file, state, server, reports: request.reports, here, argv });
    const journal = kept && journalRequest(kept, {
      origin: { where: dirname(file), what: origin },
      home: dirname(file),
      here: io.here,
      takesHeader: false,
    });
    const what = {
      ...output,
      tasks: changed,
      only,
      slots: connection ? rules.most : rules.slots,
      connection,
      journal,
      own,
      tasksFile: file,
    };
    const times = { stateDir, here: io.here, what: tasksFile };
    const whole = { ...what, times, reports: request.reports };
    if (!request.learns) return await perform(whole, io);
    const { performLearning } = await import("../learning_run.ts");
    return await performLearning(whole, { file, ...request.learns }, io);
  },
};

/** @throws {Fault} Of kind `usage`, if options contradict each other. */
function readLearning(args: Args): RunTasksRequest["learns"] {
  checkConflicts(args, ["learn", "write"]);
  const { learn, write } = args.options;
  return learn === undefined ? undefined : { writes: write !== undefined };
}
