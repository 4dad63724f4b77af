/**
 * The commands that do something again of a run that is kept, as far as its command line can be run again: `retry` and
 * `repro`.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { Fault, messageOf } from "../../fault.ts";
import type { Task } from "../../job.ts";
import { indexOfJob, jobNumber } from "../../job_number.ts";
import { readingFrom } from "../../journal/database.ts";
import { type KeptInput, keptInput } from "../../journal/kept_outcomes.ts";
import { KeptRun } from "../../journal/kept_run.ts";
import { journalPath } from "../../journal/runs_folder.ts";
import { grace, timeout } from "../../rules/timeout.ts";
import { meantOrAll } from "../../text/nearest.ts";
import type { Command, Io } from "../command.ts";
import { keptFolder, wordsToKeep } from "../kept/kept_folder.ts";
import { namedRun, readJob, type RunNamed } from "../kept/named_run.ts";
import { resumptionBy } from "../kept/run_lines.ts";
import { perform } from "../perform.ts";
import { type Args, readArgs } from "../request/args.ts";
import { optionsNamed } from "../request/options.ts";
import { type GivenRules, rulesOf, underRules } from "../request/rule_options.ts";
import { loadNamed } from "../request/tasks_request.ts";
import { shellWords } from "../shell_words.ts";
import { eachCommand, eachTask } from "./each_command.ts";
import { mapCommand, mapTask } from "./map_command.ts";
import { runCommand } from "./run_command.ts";

export const retryCommand: Command<RunNamed> = {
  name: "retry",
  options: optionsNamed("state-dir", "help"),
  examples: ["fanfold retry 20260131-235959-1a2b3c", "fanfold retry 20260131-23"],
  read({ operands: [named, more], options }) {
    if (named !== undefined && more === undefined) return { named, stateDir: options["state-dir"] };
    const found = named === undefined ? "none" : `"${more}" too`;
    throw new Fault("usage", `Cannot run fanfold retry: wanted one run, found ${found}`);
  },
  async carryOut(request, io) {
    const { runId, state, command, args } = await keptLine(request, "retry");
    // Its own command does again what did not end well in it.
    const { resume: _, ...others } = args.options;
    const options = { ...others, "resume-failed": runId, "state-dir": state };
    return await command.carryOut(command.read({ ...args, options }), io);
  },
};

export interface ReproRequest extends RunNamed {
  readonly task: string;
  /** Reads its index; what is wrong with the run is told before what is wrong with it. */
  readonly index: () => number;
  /** Rules beside those that it was under. */
  readonly rules: GivenRules;
  /** The arguments as they were typed, with the id of the run: others may begin like it before long. */
  readonly argvOf: (runId: string) => readonly string[];
}

export const reproCommand: Command<ReproRequest> = {
  name: "repro",
  options: [timeout.option, grace.option, ...optionsNamed("state-dir", "help")],
  examples: [
    "fanfold repro 20260131-235959-1a2b3c double 3",
    "fanfold repro 20260131-23 each 1 --timeout 30s",
  ],
  read(args) {
    const { position, ...job } = readJob(args, "repro");
    return {
      ...job,
      index: () => indexOfJob(position),
      rules: rulesOf(args),
      argvOf: (runId) => namingRun(args, runId),
    };
  },
  async carryOut(request, io) {
    const run = await keptLine(request, "do again a job of");
    const index = request.index();
    const { input, fingerprint } = await jobOf(run, request.task, index);
    const own = await taskOf(run, request.task, fingerprint, io);
    const { retries: _, halt: __, delayMs: ___, fold: ____, ...bare } = own;
    const alone: Task = {
      ...bare,
      source: { kind: "list", values: [input] },
      needs: [],
      slots: 1,
      ordered: true,
    };
    const ownLine = shellWords(["fanfold", "repro", ...request.argvOf(run.runId)]);
    const tasks = [underRules(alone, request.rules)];
    return await perform({ tasks, first: index, ownLine }, io);
  },
};

interface KeptLine {
  readonly runId: string;
  readonly path: string;
  /** The absolute folder that `--state-dir` names. */
  readonly state: string;
  readonly command: Command;
  readonly args: Args;
}

const KEEPING: readonly Command[] = [runCommand, eachCommand, mapCommand];

/**
 * Finds a run and goes to its folder, which becomes the current one.
 *
 * @param action What is to be done with it, for messages.
 * @throws {Fault} Of kind `usage` if there is no such run, `journal` if it cannot be read or its folder is gone.
 */
async function keptLine({ named, stateDir }: RunNamed, action: string): Promise<KeptLine> {
  const runs = await keptFolder(stateDir, named);
  const runId = namedRun(runs, named, action);
  const path = resolve(journalPath(runs, runId));
  using run = await KeptRun.open(path);
  const { folder } = run.record;
  const argv = JSON.parse(run.record.argv) as readonly string[];
  const command = KEEPING.find(({ name }) => name === argv[0]);
  if (!command) {
    throw new Fault("journal", `Cannot read the journal "${path}": found no command line in it`);
  }
  try {
    Deno.chdir(folder);
  } catch (cause) {
    const message = `Cannot ${action} run "${runId}" in "${folder}": ${messageOf(cause)}`;
    throw new Fault("journal", message, {
      cause,
      hint: hintToGoOn(argv, runId, dirname(path)),
    });
  }
  const args = readArgs(command.name, argv.slice(1), command.options, command.reading);
  return { runId, path, state: dirname(dirname(path)), command, args };
}

/** The line that goes on with a run in another folder than it was in. */
function hintToGoOn(argv: readonly string[], id: string, runs: string): string | undefined {
  const isThere = wordsToKeep(runs, Deno.cwd()).length === 0;
  const where = isThere ? [] : ["--state-dir", dirname(runs)];
  const line = resumptionBy(argv, "resume", { id, where });
  return line && `in the folder where its project is now, go on with: ${line}`;
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

/** The task as it is now, under the rules of its line; what its inputs are called may be known to the journal only. */
async function taskOf(
  { command, args }: KeptLine,
  name: string,
  fingerprint: string,
  io: Io,
): Promise<Task> {
  if (command === eachCommand) {
    const request = eachCommand.read(args);
    return underRules(eachTask(request, columnsIn(fingerprint)), request.rules);
  }
  if (command === mapCommand) {
    const request = mapCommand.read(args);
    return underRules(await mapTask(request, io), request.rules);
  }
  const request = runCommand.read(args);
  const { file, tasks } = await loadNamed(request, io);
  const task = tasks.find((task) => task.name === name);
  if (task && request.isLocked) {
    const { fold: _, ...alone } = task;
    await (await import("../permissions/locked.ts")).checkLocked(file, [alone]);
  }
  if (task) return underRules(task, request.rules);
  const found = `there is no such task in "${file}" any more`;
  throw new Fault("usage", `Cannot run task "${name}": ${found}`);
}

function columnsIn(fingerprint: string): readonly string[] | undefined {
  const { columns } = JSON.parse(fingerprint).parts;
  return columns === undefined ? undefined : JSON.parse(columns);
}
