/**
 * `fanfold why`: whether a job would be done again if its run were resumed, and why.
 *
 * @module
 */

import { dirname, relative, resolve } from "node:path";
import { Fault, messageOf } from "../../fault.ts";
import { filesOfInputs, foreignPart } from "../../inputs/facts.ts";
import { openInputs } from "../../inputs/open.ts";
import type { Outcome, Task } from "../../job.ts";
import { indexOfJob, jobNumber } from "../../job_number.ts";
import { keptOutcome, keptOutcomes } from "../../journal/kept_outcomes.ts";
import type { KeptRun } from "../../journal/kept_run.ts";
import { PLACES } from "../../journal/tables.ts";
import { type Matching, matchingOf, type Standing, standingOf } from "../../journal/standing.ts";
import { meantOrAll } from "../../text/nearest.ts";
import { valueOf } from "../../output/command_value.ts";
import { optionsNamed } from "../request/options.ts";
import type { Command, Io } from "../command.ts";
import { readJob, type RunNamed, withRun } from "../kept/named_run.ts";
import { originIn, tasksFileOf } from "../request/journal_request.ts";
import { printLines } from "../../output/records.ts";
import { loadWatched } from "../request/tasks_request.ts";
import { causeOf, jobText, toldIfLong } from "../../output/notices.ts";
import { inputText } from "../../output/json_value.ts";
import { shortened } from "../../text/shown.ts";
import { inLine } from "../../errors/reason.ts";

/** How much is told of why a job did not end well, in characters. */
const REASON_LENGTH = 400;

export interface WhyRequest extends RunNamed {
  readonly task: string;
  readonly index: number;
  readonly file?: string;
}

export const whyCommand: Command<WhyRequest> = {
  name: "why",
  options: optionsNamed("file", "state-dir", "help"),
  examples: [
    "fanfold why last double 3",
    "fanfold why last double 3 -f tasks/multiprocessing.yaml",
  ],
  read(args) {
    const { position, ...job } = readJob(args, "why");
    return { ...job, index: indexOfJob(position), file: args.options.file };
  },
  carryOut: (request, io) =>
    withRun(request, "why", io, async (run) => {
      await printLines(io.stdout, await whyLines(run, request, io));
      return 0;
    }),
};

async function whyLines(
  run: KeptRun,
  { task: name, index, file: named }: WhyRequest,
  { watchdog, tell }: Pick<Io, "watchdog" | "tell">,
): Promise<readonly string[]> {
  const { tasks } = run;
  const before = tasks.find((task) => task.name === name);
  const file = named === undefined ? tasksFileIn(run) : resolve(named);
  enter(run.record.folder);
  const all = await loadWatched(file, { watchdog, tell });
  const now = all.find((task) => task.name === name);
  if (!before) {
    const names = tasks.map((task) => task.name);
    throw new Fault("usage", `Cannot find task "${name}" in run ${run.record.id}`, {
      hint: meantOrAll(name, names, "tasks"),
    });
  }
  if (!now) return [`task "${name}" is not run any more: "${file}" has no such task`];
  const foreign = foreignPart(now.source);
  if (foreign !== undefined) watchdog.watch(`the ${foreign} of task "${name}"`);
  await watchdog.listens;
  const files = filesOfInputs(now.source);
  const { matching, changes } = matchingOf(run, before, now, dirname(file), files);
  const from = (name: string) => valuesOf(run, all.find((task) => task.name === name) as Task);
  const standing = await toldIfLong(
    `the inputs of task "${name}" up to job ${jobNumber(index)}`,
    standingOf(run, matching, index, openInputs(now.source, { from })),
    tell,
  );
  if (typeof standing === "object") return standingLines(matching, index, standing, changes);
  const gone = index < PLACES && keptOutcome(run.database, name, matching.id * PLACES + index);
  if (gone) {
    const inputs = `${standing} ${standing === 1 ? "input" : "inputs"}`;
    return [`${jobText(gone)} is not there any more: its task has ${inputs} now`];
  }
  const last = standing === 0 ? "none" : standing === 1 ? "1" : `1 to ${standing}`;
  const cannot = `Cannot find job ${jobNumber(index)} of task "${name}"`;
  throw new Fault("usage", `${cannot}: its jobs are ${last}`);
}

/** The values of a task that other tasks had as inputs, as far as it came. */
async function* valuesOf({ database, tasks }: KeptRun, task: Task): AsyncGenerator<unknown> {
  const known = tasks.find(({ name }) => name === task.name);
  if (!known) return;
  for (const outcome of keptOutcomes(database, known)) {
    if (outcome.kind === "done") yield await valueOf(task, outcome);
  }
}

function tasksFileIn({ record: { id, origin } }: KeptRun): string {
  const from = originIn(origin);
  const file = tasksFileOf(from);
  if (file !== undefined) return file;
  const [command] = from.what;
  throw new Fault("usage", `Cannot load the tasks of run ${id}: it is one of fanfold ${command}`, {
    hint: "a resumed run of the same command line says how many jobs it takes over",
  });
}

/** Folders of commands count as seen from where the run was. */
function enter(folder: string): void {
  try {
    Deno.chdir(folder);
  } catch (cause) {
    const message = `Cannot go to the folder of the run, "${folder}": ${messageOf(cause)}`;
    throw new Fault("usage", message, { cause });
  }
}

/** What a resumed run would do about a job, and why, in lines. */
function standingLines(
  { task, dependsOnIndex }: Matching,
  index: number,
  standing: Standing,
  changes: readonly string[],
): readonly string[] {
  const { input, kept, changed = [], here, had } = standing;
  const job = jobText({ task, index, input });
  const isMore = had.length > 0 && !dependsOnIndex;
  const other = isMore ? "comes more often than before" : "is another";
  const lines = !kept && !here && had.length === 0
    ? [`${job} would be done: it has never ended`, ...changes]
    : changes.length > 0
    ? [
      `${job} would be done again: its task has changed`,
      ...changes,
      ...kept ? [] : inputLines(standing, dependsOnIndex),
    ]
    : kept
    ? keptLines(job, kept, index)
    : changed.length > 0
    ? [`${job} would be done again: its files are not what it saw`, ...changed.map(changedLine)]
    : [`${job} would be done: its input ${other}`, ...inputLines(standing, dependsOnIndex)];
  return lines.map((line, i) => i === 0 ? line : `  ${line}`);
}

function changedLine(path: string): string {
  return `${JSON.stringify(relative(Deno.cwd(), path))} was changed`;
}

function keptLines(job: string, kept: Outcome, index: number): readonly string[] {
  const was = kept.index === index ? [] : [
    kept.index === null
      ? "another input has its place"
      : `it was job ${jobNumber(kept.index)} before`,
  ];
  const cause = causeOf(kept);
  if (!cause) return [`${job} is kept: it is done`, ...was];
  const why = shortened(inLine(cause.error), REASON_LENGTH);
  return [
    `${job} is kept by --resume: it ${cause.kind}: ${why}`,
    ...was,
    "--resume-failed does it again",
  ];
}

function inputLines({ here, had }: Standing, dependsOnIndex: boolean): readonly string[] {
  const before = here ? [`input ${inputText(here.input)} was here before`] : [];
  if (had.length === 0) return [...before, "no job with its input has ended"];
  const where = had.map((index) => `job ${jobNumber(index)}`).join(", ");
  return [
    ...before,
    dependsOnIndex
      ? `its input was that of ${where}, but the command depends on the position`
      : `its input was that of ${where}; jobs before this one take over as many`,
  ];
}
