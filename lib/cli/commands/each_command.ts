/**
 * `fanfold each`: a command for each input.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { openInputs } from "../../inputs/open.ts";
import type { CommandAction, Task } from "../../job.ts";
import { JobLog, jobsInLog, type LoggedJob, passingOver } from "../../observers/joblog.ts";
import { noInputsText } from "../../observers/warnings.ts";
import { openResults } from "../../observers/results.ts";
import type { Put } from "../../output/printer.ts";
import { Sink } from "../../output/sink.ts";
import { Tagged, type Tags } from "../../output/labels.ts";
import { windowOf } from "../../run/window.ts";
import { shellQuoted, textOf } from "../../template/input_text.ts";
import { commandLineOf } from "../../template/template.ts";
import type { Args } from "../request/args.ts";
import type { Command, Io } from "../command.ts";
import { INPUT_OPTIONS, type InputsRequest, readInputs } from "../request/inputs_request.ts";
import {
  type JoblogRequest,
  JOURNAL_OPTIONS,
  journalOfAction,
  type JournalOptions,
  readJoblog,
  readJournal,
  timesOfAction,
} from "../request/journal_request.ts";
import { optionsNamed } from "../request/options.ts";
import { namedInputs } from "../request/named_inputs.ts";
import { perform } from "../perform.ts";
import { checkNeeds } from "../permissions/needs.ts";
import { connectionTo, readQueue, serverOf } from "../request/queue_request.ts";
import { withPlainUrl } from "../request/queue_url.ts";
import { readReports, type ReportRequest } from "../request/report_request.ts";
import { hosted } from "../../rules/jobs.ts";
import { ruleOptions } from "../../rules/rules.ts";
import { type GivenRules, rulesOf, underRules } from "../request/rule_options.ts";
import {
  bareTask,
  inputTags,
  type OpenObserver,
  type OutputOptions,
  readOutput,
} from "../request/run_request.ts";
import { shellWords } from "../shell_words.ts";

export interface EachRequest {
  readonly rules: GivenRules;
  readonly action: CommandAction;
  readonly output: OutputOptions;
  readonly inputs: InputsRequest;
  /** Whether commands are printed, and none is run. */
  readonly isDryRun: boolean;
  readonly joblog?: JoblogRequest;
  readonly results?: string;
  readonly journal?: JournalOptions;
  readonly reports: readonly ReportRequest[];
  /** URL of the queue whose hosts do the jobs. @default this machine does them */
  readonly on?: string;
}

export const eachCommand: Command<EachRequest> = {
  name: "each",
  options: [
    ...INPUT_OPTIONS,
    ...optionsNamed("shell"),
    ...ruleOptions("all", "commands"),
    ...optionsNamed(
      "format",
      "keep-order",
      "unordered",
      "tag",
      "live",
      "dry-run",
      "joblog",
      "results",
    ),
    ...optionsNamed("progress", "quiet", "verbose"),
    ...JOURNAL_OPTIONS,
    ...optionsNamed("on"),
    ...optionsNamed("help"),
  ],
  examples: [
    "find . -name '*.flac' -print0 | fanfold each -0 ffmpeg -i {} {.}.mp3",
    "fanfold each --header : convert {f} -resize {w}x {f/.}-{w}.png ::: f *.jpg ::: w 200 800",
  ],
  reading: { stopsEarly: true, takesInputs: true },
  read: (args) => ({
    rules: rulesOf(args),
    action: actionOf(args),
    output: readOutput(args, inputTags()),
    inputs: readInputs(args),
    isDryRun: args.options["dry-run"] !== undefined,
    joblog: readJoblog(args),
    results: args.options.results,
    journal: readJournal(args, "each"),
    reports: readReports(args),
    on: readQueue(args),
  }),
  async carryOut(request, io) {
    const { here } = io;
    await using connection = await connectionTo(request.on);
    const argv = withPlainUrl(io.argv);
    const { rules, output: { ordered, ...output }, inputs } = request;
    const { source, columns, batch, width } = await namedInputs(inputs, { asRecords: false }, io);
    const bare = eachTask(request, columns);
    const window = windowOf(connection ? hosted(bare) : bare, batch);
    const task = { ...underRules({ ...bare, source, ordered }, rules), window };
    const { action, slots } = bare;
    if (request.isDryRun) return await dryRun({ ...task, action }, output.tags, io);
    const state = request.journal && { named: request.journal.stateDir };
    const server = await serverOf(request.on);
    checkNeeds({ tasks: [task], state, server, reports: request.reports, here, argv });
    const journal = journalOfAction(request.journal, request.action, inputs, io.here);
    const times = timesOfAction("each", request.journal, request.action, io.here);
    const { joblog } = request;
    const passedOver = joblog?.isRead ? await jobsInLog(joblog.file, joblog) : undefined;
    const observers = observersOf(request, action, { isOrdered: ordered, width });
    const most = connection ? task.most : slots;
    const how = { slots: most, connection };
    const what = { ...output, ...how, tasks: [task], observers, journal, times, passedOver };
    const prior = passedOver && passingOver(passedOver);
    const { reports } = request;
    return await perform({ ...what, prior, reports, takesShell: true }, io);
  },
};

/** The task that is asked for, without inputs. */
export function eachTask(
  { action, rules }: Pick<EachRequest, "action" | "rules">,
  columns: readonly string[] | undefined,
): Task & { readonly action: CommandAction } {
  return bareTask("each", { ...action, columns }, rules);
}

function actionOf({ operands, options, argv, inputs }: Args): CommandAction {
  const { shell } = options;
  const [program] = operands;
  if (shell !== undefined && program !== undefined) {
    const found = `found "${program}", wanted no command beside --shell`;
    throw new Fault("usage", `Cannot run fanfold each: ${found}`);
  }
  if (shell !== undefined) return { kind: "shell", script: shell };
  if (program !== undefined) return { kind: "command", argv: operands };
  const given = argv.slice(0, argv.length - inputs.length);
  const line = shellWords(["fanfold", "each", ...given, "sh", "-c", ...inputs]);
  throw new Fault("usage", "Cannot run fanfold each: no command", {
    hint: `inputs that are shell commands are run by: ${line}`,
  });
}

/** How to open what `--joblog` and `--results` ask for. */
function observersOf(
  { joblog, results }: EachRequest,
  action: CommandAction,
  how: { readonly isOrdered: boolean; readonly width?: number },
): readonly OpenObserver[] {
  const lineOf = commandLineOf(action);
  const commandOf = ({ input, index, slot }: LoggedJob) =>
    shellQuoted(lineOf(input, { index, slot }).argv);
  const argsOf = (input: unknown) => (Array.isArray(input) ? input : [input]).map(textOf);
  const names = action.columns ?? [];
  const observers: OpenObserver[] = [];
  if (joblog !== undefined) {
    const { file, isResumed } = joblog;
    observers.push((to) => new JobLog(file, { commandOf, isResumed, ...to }));
  }
  if (results !== undefined) {
    observers.push((to) => openResults(results, { names, argsOf, commandOf, ...how, ...to }));
  }
  return observers;
}

/** Prints the command of each job, quoted for a shell, and starts none; gives the exit code. */
async function dryRun(
  { name: task, action, source }: Task & { readonly action: CommandAction },
  tags: Tags | undefined,
  { stdout, signal, tell }: Io,
): Promise<number> {
  const sink = new Sink(stdout);
  const lineOf = commandLineOf(action);
  // Elsewhere than in a terminal it may be a script, for any shell.
  const wordsOf = Deno.stdout.isTerminal() ? shellWords : shellQuoted;
  let index = 0;
  try {
    for await (const input of openInputs(source)) {
      signal.throwIfAborted();
      const { argv } = lineOf(input, { index: index++, slot: 1 });
      const to: Put = tags ? new Tagged(sink, tags.ofJob(task, input)) : sink;
      const full = to.put(`${wordsOf(argv)}\n`);
      if (full) await full;
    }
  } finally {
    await sink.flush();
  }
  if (index === 0) await tell(noInputsText({ name: task, source }));
  return 0;
}
