/**
 * `fanfold repro`: one job of a run again, as if it were alone.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Task } from "../../job.ts";
import { indexOfJob, jobNumber } from "../../job_number.ts";
import { readingFrom } from "../../journal/database.ts";
import { type KeptInput, keptInput } from "../../journal/kept_outcomes.ts";
import { KeptRun } from "../../journal/kept_run.ts";
import { meantOrAll } from "../../text/nearest.ts";
import { shellWords } from "../shell_words.ts";
import type { Args } from "../request/args.ts";
import type { Command, Io } from "../command.ts";
import { eachTask } from "./each_command.ts";
import { type KeptLine, keptLine } from "../kept/kept_line.ts";
import { mapTask } from "./map_command.ts";
import { perform } from "../perform.ts";
import { rulesOf, underRules } from "../request/rule_options.ts";
import { loadNamed } from "../request/tasks_request.ts";

/** See the module. */
export const reproCommand: Command = {
  name: "repro",
  operands: "RUN TASK JOB",
  description: "do a job of a run again, once, with its input; the first job is 1",
  options: ["timeout", "grace", "state-dir", "help"],
  examples: [
    "fanfold repro 20260131-235959-1a2b3c double 3",
    "fanfold repro 20260131-23 each 1 --timeout 30s",
  ],
  takesOperands: true,
  run: repro,
};

async function repro(args: Args, io: Io): Promise<number> {
  const [named, name, position, more] = args.operands;
  if (named === undefined || name === undefined || position === undefined || more !== undefined) {
    const found = args.operands.length === 0 ? "nothing" : `"${args.operands.join(" ")}"`;
    throw new Fault("usage", `Cannot run fanfold repro: found ${found}, wanted RUN TASK JOB`);
  }
  const rules = rulesOf(args);
  const run = await keptLine(args, named, "do again a job of");
  const index = indexOfJob(position);
  const { input, fingerprint } = await jobOf(run, name, index);
  const task = await taskOf(run, name, fingerprint, io);
  const { retries: _, halt: __, delayMs: ___, fold: ____, ...bare } = underRules(
    task,
    rulesOf(run.args),
  );
  const alone: Task = {
    ...bare,
    source: { kind: "list", values: [input] },
    needs: [],
    slots: 1,
    ordered: true,
  };
  const ownLine = shellWords(["fanfold", "repro", ...namingRun(args, run.runId)]);
  return await perform({ tasks: [underRules(alone, rules)], first: index, ownLine }, io);
}

/** The arguments as they were typed, with the id of the run: `last` and the start of an id may be another before long. */
function namingRun({ argv, operands }: Args, runId: string): readonly string[] {
  // What stands behind an option is its value.
  const at = argv.findIndex((arg, i) => arg === operands[0] && !argv[i - 1]?.startsWith("--"));
  return at === -1 ? argv : argv.with(at, runId);
}

async function jobOf({ runId, path }: KeptLine, name: string, index: number): Promise<KeptInput> {
  using run = await KeptRun.open(path);
  const found = readingFrom(run.database, () => keptInput(run, name, index));
  const cannot = `Cannot do job ${jobNumber(index)} of task "${name}" again`;
  switch (found.kind) {
    case "found":
      return found.job;
    case "no-task":
      throw new Fault("usage", `${cannot}: run "${runId}" has no such task`, {
        hint: meantOrAll(name, found.names, "tasks"),
      });
    case "no-job":
      throw new Fault("usage", `${cannot}: in run "${runId}" no such job has ended`, {
        hint: "jobs are counted from 1",
      });
    case "no-input":
      throw new Fault("usage", `${cannot}: its input could not be kept`);
  }
}

/** The task as it is now; what its inputs are called may be known to the journal only. */
async function taskOf(
  { command, args }: KeptLine,
  name: string,
  fingerprint: string,
  io: Io,
): Promise<Task> {
  if (command.name === "each") return eachTask(args, columnsIn(fingerprint));
  if (command.name === "map") return await mapTask(args, io);
  const { file, tasks } = await loadNamed(args, io);
  const task = tasks.find((task) => task.name === name);
  if (task) return task;
  throw new Fault(
    "usage",
    `Cannot run task "${name}": there is no such task in "${file}" any more`,
  );
}

function columnsIn(fingerprint: string): readonly string[] | undefined {
  const { columns } = JSON.parse(fingerprint).parts;
  return columns === undefined ? undefined : JSON.parse(columns);
}
