/**
 * `fanfold map`: a function for each input.
 *
 * @module
 */

import { describeModule } from "../../engines/workers/workers.ts";
import { Fault, type Mistake } from "../../fault.ts";
import type { FunctionRef, Task } from "../../job.ts";
import { near } from "../../errors/reason.ts";
import { moduleFlaws, type Reference } from "../../tasks_file/modules.ts";
import { parseSpecifier } from "../../modules/specifier.ts";
import { windowOf } from "../../run/window.ts";
import type { Command, Io } from "../command.ts";
import { INPUT_OPTIONS, type InputsRequest, readInputs } from "../request/inputs_request.ts";
import {
  JOURNAL_OPTIONS,
  journalOfAction,
  type JournalOptions,
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
import { bareTask, inputTags, type OutputOptions, readOutput } from "../request/run_request.ts";
import { toldIfLong } from "../../output/notices.ts";

export interface MapRequest {
  readonly rules: GivenRules;
  readonly output: OutputOptions;
  /** What stands where a function is named: `MODULE#EXPORT`. */
  readonly named: readonly string[];
  readonly fold?: string;
  readonly spread: boolean;
  /** Reads which inputs; what is wrong with modules is told before what is wrong with them. */
  readonly inputs: () => InputsRequest;
  readonly journal?: JournalOptions;
  readonly reports: readonly ReportRequest[];
  /** URL of the queue whose hosts do the jobs. @default this machine does them */
  readonly on?: string;
}

export const mapCommand: Command<MapRequest> = {
  name: "map",
  options: [
    ...INPUT_OPTIONS,
    ...optionsNamed("json", "spread", "fold"),
    ...ruleOptions("all"),
    ...optionsNamed("format", "keep-order", "unordered", "tag", "live"),
    ...optionsNamed("progress", "quiet", "verbose"),
    ...JOURNAL_OPTIONS,
    ...optionsNamed("on"),
    ...ruleOptions("functions"),
    ...optionsNamed("help"),
  ],
  examples: [
    "seq 1000000 | fanfold map ./numbers.ts#isPrime -j 50% --format ndjson",
    "fanfold map ./a.ts#pow --json --spread --fold ./a.ts#add ::: 2 3 ::: 8 9",
  ],
  reading: { takesInputs: true },
  read: (args) => ({
    rules: rulesOf(args),
    output: readOutput(args, inputTags()),
    named: args.operands,
    fold: args.options.fold,
    spread: args.options.spread !== undefined,
    inputs: () => readInputs(args),
    journal: readJournal(args, "map"),
    reports: readReports(args),
    on: readQueue(args),
  }),
  async carryOut(request, io) {
    const { here } = io;
    await using connection = await connectionTo(request.on);
    const argv = withPlainUrl(io.argv);
    const { rules, output } = request;
    const own = await io.ownProcess?.();
    const bare = await mapTask(request, io);
    const inputs = request.inputs();
    const how = { asRecords: true, stdin: own?.stdin };
    const { source, batch } = await namedInputs(inputs, how, io);
    const window = windowOf(connection ? hosted(bare) : bare, batch);
    const ordered = output.ordered || bare.fold !== undefined;
    const task = { ...underRules({ ...bare, source, ordered }, rules), window };
    const state = request.journal && { named: request.journal.stateDir };
    const server = await serverOf(request.on);
    checkNeeds({ tasks: [task], state, server, reports: request.reports, here, argv });
    const journal = journalOfAction(request.journal, task.action, inputs, io.here);
    const times = timesOfAction("map", request.journal, task.action, io.here);
    const { reports } = request;
    const what = {
      ...output,
      tasks: [task],
      slots: connection ? task.most : task.slots,
      connection,
    };
    return await perform({ ...what, journal, times, reports, own }, io);
  },
};

/**
 * The task that is asked for, without inputs.
 *
 * @throws {Fault} Of kind `usage`, if it names no function, or one that is not there.
 */
export async function mapTask(
  { named: [name, more], fold: joins, spread, rules }: MapRequest,
  { tell }: Pick<Io, "tell">,
): Promise<Task> {
  if (name === undefined || more !== undefined) {
    const found = name === undefined ? "none" : `"${more}" too`;
    const message = `${CANNOT}: wanted one function as MODULE#EXPORT, found ${found}`;
    throw new Fault("usage", message, { hint: await operandsHint(name, more, tell) });
  }
  const [run, fold] = await functionsOf({ "MODULE#EXPORT": name, "--fold": joins }, tell);
  const action = { kind: "function", run: run as FunctionRef, spread } as const;
  return { ...bareTask("map", action, rules), fold: fold && { run: fold } };
}

/** What to write instead of several operands, or of none. */
async function operandsHint(
  name: string | undefined,
  more: string | undefined,
  tell: Io["tell"],
): Promise<string | undefined> {
  if (name === undefined || more === undefined) return undefined;
  return name.includes("#") ? "inputs stand behind :::" : await meant(`${name}#${more}`, tell);
}

async function meant(text: string, tell: Io["tell"]): Promise<string | undefined> {
  const { meantFunction } = await import("../../tasks_file/meant_function.ts");
  const commands = "commands are run by fanfold each";
  return await meantFunction(text, Deno.cwd(), { describe: describeTo(tell), commands });
}

function describeTo(tell: Io["tell"]) {
  return (module: string) =>
    toldIfLong(`${near(module)} to be imported`, describeModule(module), tell);
}

/**
 * The functions that are named, by the titles of what names them.
 *
 * @throws {Fault} Of kind `usage`, with all that is wrong with them.
 */
async function functionsOf(
  names: Readonly<Record<string, string | undefined>>,
  tell: Io["tell"],
): Promise<FunctionRef[]> {
  const mistakes: Mistake[] = [];
  const references: Reference[] = [];
  for (const [title, text] of Object.entries(names)) {
    if (text === undefined) continue;
    const ref = parseSpecifier(text, Deno.cwd());
    if ("wanted" in ref) {
      const message = `${CANNOT}: "${title}" names "${text}", wanted ${ref.wanted}`;
      mistakes.push({ message, hint: await meant(text, tell) });
    } else references.push({ path: [title], text, ref });
  }
  for (const { message, hint } of await moduleFlaws(references, { describe: describeTo(tell) })) {
    mistakes.push({ message: `${CANNOT}: ${message}`, hint });
  }
  const [first, ...others] = mistakes;
  if (first) throw Fault.of("usage", [first, ...others]);
  return references.map(({ ref }) => ref);
}

const CANNOT = "Cannot run fanfold map";
