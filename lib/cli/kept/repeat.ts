/**
 * A line for a shell that repeats one job of a run.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { faithfulJson } from "../../json/faithful_json.ts";
import type { Action, CommandAction, Task } from "../../job.ts";
import type { Cause } from "../../output/notices.ts";
import { commandLineOf } from "../../template/template.ts";
import { nearPath } from "./kept_folder.ts";
import { lineIn, LONGEST_LINE, shellWords } from "../shell_words.ts";

/** A job, as far as it depends on this what it does. */
export type RepeatableJob = Pick<
  Cause,
  "task" | "input" | "index" | "attempts" | "slot" | "kind" | "error"
>;

/**
 * A line that does what the job did, with its time-out; nothing if there is no such line, or a very long one only.
 * It has no variable of the task, whose values may be secret, and nothing that would hold it to permissions: where a
 * task has one of these, there is no line. Never throws.
 *
 * A command is itself. A function is called by `fanfold map`, if it has a name there, needs no `init` and no limit,
 * and JSON carries its input; only its context is another. What reads stdin finds that of the shell.
 *
 * @param here The folder that the line is typed in.
 */
export function repeatOf(task: Task, job: RepeatableJob, here: string): string | undefined {
  try {
    const line = lineOf(task, job, here);
    return line !== undefined && line.length <= LONGEST_LINE ? line : undefined;
  } catch {
    // The input does not fit the command, which may be why the job failed.
    return undefined;
  }
}

/** The options with which `fanfold repro` gives a job as long as it had: the median is not known any more. */
export function reproOptions(task: Task, job: RepeatableJob): readonly string[] {
  return task.timeout && "percent" in task.timeout
    ? timeOptions({ ...task, graceMs: undefined }, job)
    : [];
}

function lineOf(task: Task, job: RepeatableJob, here: string): string | undefined {
  const { action, cwd, isolation, permissions } = task;
  // By itself, a command would do what it may not.
  if (permissions !== undefined) return undefined;
  // Beside a process of its own, a function is in the folder and the environment of the runner.
  const isApart = action.kind !== "function" || isolation === "process";
  if (isApart && Object.keys(task.env).length > 0) return undefined;
  const folder = isApart && cwd !== undefined ? cwd : Deno.cwd();
  const line = action.kind === "function"
    ? callOf(action, task, job, folder === here)
    : startOf(action, task, job);
  return line === undefined ? undefined : lineIn(folder, here, line);
}

function callOf(
  action: Extract<Action, { kind: "function" }>,
  task: Task,
  job: RepeatableJob,
  isHere: boolean,
): string | undefined {
  const name = nameIn(action, isHere);
  const json = faithfulJson(job.input);
  if (name === undefined || json === undefined || task.memoryBytes !== undefined) return undefined;
  const options = ["--json"];
  if (action.spread) options.push("--spread");
  const times = timeOptions(task, job);
  // There is no time-out but in a process.
  if (task.isolation === "process" && times.length === 0) options.push("--isolation", "process");
  return shellWords(["fanfold", "map", name, ...options, ...times, ":::", json]);
}

/** A function as `fanfold map` takes it, in a path from the current folder on where that is short. */
function nameIn(
  { run: { module, path }, init }: Extract<Action, { kind: "function" }>,
  isHere: boolean,
): string | undefined {
  const [name, ...more] = path;
  if (name === undefined || more.length > 0 || init) return undefined;
  if (!/^file:[^?#]*$/.test(module)) return `${module}#${name}`;
  const file = fileURLToPath(module);
  const near = isHere ? nearPath(file, Deno.cwd()) : file;
  return `${near === file ? file : `./${near.replace(/^\.\//, "")}`}#${name}`;
}

function startOf(action: CommandAction, task: Task, job: RepeatableJob): string | undefined {
  const { input, index, slot } = job;
  const { argv, env } = commandLineOf(action)(input, { index, slot });
  const variables = Object.entries({ ...env, ...ownVariables(action, job) });
  // No command can be given one of these.
  if ([...argv, ...variables.flat()].some((text) => /[\0\p{Cs}]/u.test(text))) return undefined;
  const words = variables.map(([name, value]) => `${name}=${shellWords([value])}`);
  const line = [...words, shellWords(argv)].join(" ");
  if (job.kind !== "timed-out") return line;
  // What is quoted so, not every `sh` reads.
  if (line.includes("$'")) return undefined;
  return shellWords(["fanfold", "each", ...timeOptions(task, job), "--shell", line, ":::", ""]);
}

/** The variables of fanfold's own that a command names. */
function ownVariables(
  action: CommandAction,
  { task, index, attempts, slot }: RepeatableJob,
): Record<string, string> {
  const all = {
    FANFOLD_TASK: task,
    FANFOLD_INDEX: String(index),
    FANFOLD_ATTEMPT: String(attempts),
    FANFOLD_SLOT: String(slot),
  };
  const text = action.kind === "command" ? action.argv.join("\n") : action.script;
  return Object.fromEntries(Object.entries(all).filter(([name]) => text.includes(name)));
}

/** The options that give a job as long as it had; none if that was as long as it liked. */
function timeOptions(
  { timeout, graceMs }: Pick<Task, "timeout" | "graceMs">,
  { kind, error }: RepeatableJob,
): string[] {
  const limit = kind === "timed-out" ? error.fields?.limitMs : undefined;
  const ms = typeof limit === "number"
    ? limit
    : timeout && "ms" in timeout
    ? timeout.ms
    : undefined;
  if (ms === undefined) return [];
  const grace = graceMs === undefined ? [] : ["--grace", durationText(graceMs)];
  return ["--timeout", durationText(ms), ...grace];
}

function durationText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${Math.ceil(ms)}ms`;
}
