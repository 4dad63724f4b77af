/**
 * `fanfold each`: a command for each input.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { CommandAction, Task } from "../../job.ts";
import { windowOf } from "../../run/window.ts";
import type { Args } from "../request/args.ts";
import type { Command, Io } from "../command.ts";
import { dryRun } from "./dry_run.ts";
import { INPUT_OPTIONS } from "../request/sources_named.ts";
import { givenInputs } from "../request/named_inputs.ts";
import { keepersOf } from "../request/each_observers.ts";
import { JOURNAL_OPTIONS, journalRequest } from "../request/journal_request.ts";
import { isLogResumed, jobsInLog } from "../../observers/joblog_resume.ts";
import { originOf } from "../kept/origin.ts";
import { inputTags, outputOf, perform } from "../perform.ts";
import { RULE_OPTIONS, rulesOf, underRules } from "../request/rule_options.ts";
import { shellWords } from "../shell_words.ts";
import { slotsOf } from "../request/tasks_request.ts";

/** See the module. */
export const eachCommand: Command = {
  name: "each",
  operands: "CMD [ARG…] [::: INPUT…]",
  description: "run a command for each input: behind :::, or lines of stdin",
  options: [
    ...INPUT_OPTIONS,
    "shell",
    "jobs",
    ...RULE_OPTIONS,
    "format",
    "keep-order",
    "unordered",
    "tag",
    "dry-run",
    "joblog",
    "results",
    ...JOURNAL_OPTIONS,
    "help",
  ],
  examples: [
    "find . -name '*.flac' -print0 | fanfold each -0 ffmpeg -i {} {.}.mp3",
    "fanfold each --header : convert {f} -resize {w}x {f/.}-{w}.png ::: f *.jpg ::: w 200 800",
  ],
  takesOperands: true,
  reading: { stopsEarly: true, takesInputs: true },
  run: each,
};

async function each(args: Args, io: Io): Promise<number> {
  const { options } = args;
  const slots = slotsOf(args) ?? navigator.hardwareConcurrency;
  const rules = rulesOf(args);
  const command = actionOf(args);
  const how = outputOf(args, inputTags());
  const { source, columns, batch, width } = await givenInputs(
    args,
    { asRecords: false },
    io,
  );
  const action = { ...command, columns };
  const window = windowOf({ slots, chunk: 1 }, batch);
  const { ordered } = how;
  const task = underRules({ ...taskOf(action), source, slots, window, ordered }, rules);
  if (options["dry-run"] !== undefined) {
    return await dryRun({ ...task, action }, how.tags, io);
  }
  const keepers = keepersOf(args, action, { isOrdered: ordered, width });
  const journal = journalRequest(args, {
    command: "each",
    origin: originOf("each", args, command),
    home: Deno.cwd(),
    here: io.here,
    isAsked: true,
  });
  const passedOver = isLogResumed(args) ? await jobsInLog(args) : undefined;
  const what = { ...how, tasks: [task], slots, keepers, journal, passedOver, takesShell: true };
  return await perform(what, io);
}

/** A task that runs a command, without inputs. */
function taskOf(action: CommandAction): Task {
  return {
    name: "each",
    action,
    source: { kind: "list", values: [] },
    needs: [],
    isolation: "process",
    slots: 1,
    chunk: 1,
    ordered: true,
    env: {},
  };
}

/** The task of these arguments, without inputs. */
export function eachTask(args: Args, columns: readonly string[] | undefined): Task {
  return taskOf({ ...actionOf(args), columns });
}

function actionOf({ operands, options, argv, inputs }: Args): CommandAction {
  const { shell } = options;
  const [program] = operands;
  if (shell !== undefined && program !== undefined) {
    throw new Fault(
      "usage",
      `Cannot run fanfold each: found "${program}", wanted no command beside --shell`,
    );
  }
  if (shell !== undefined) return { kind: "shell", script: shell };
  if (program !== undefined) return { kind: "command", argv: operands };
  const given = argv.slice(0, argv.length - inputs.length);
  const line = shellWords(["fanfold", "each", ...given, "sh", "-c", ...inputs]);
  throw new Fault("usage", "Cannot run fanfold each: no command", {
    hint: `inputs that are shell commands are run by: ${line}`,
  });
}
