/**
 * A line for a shell that repeats one job of a run.
 *
 * @module
 */

import { isAbsolute, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { faithfulJson } from "../faithful_json.ts";
import type { Action, Task } from "../job.ts";
import { commandLineOf } from "../template.ts";
import { shellWords } from "./shell_words.ts";

/** A job, as far as it depends on this what it does. */
export interface RepeatableJob {
  readonly input: unknown;
  /** Position in the inputs, from 0. */
  readonly index: number;
  /** The slot it ran on, from 1. */
  readonly slot: number;
}

/** How long a line may be, in characters: a longer one helps nobody who looks for what was wrong. */
const LINE_LENGTH = 2000;

/**
 * A line that does in the current folder what the job did, in the folder and with the variables of its task;
 * nothing if there is no such line, or a very long one only. Never throws.
 *
 * A command is itself. A function is called by `fanfold map`, if it has a name there, needs no `init` and
 * JSON carries its input; only its context is another. What reads stdin finds that of the shell.
 */
export function repeatOf(task: Task, job: RepeatableJob): string | undefined {
  try {
    const line = lineOf(task, job);
    return line !== undefined && line.length <= LINE_LENGTH ? line : undefined;
  } catch {
    // The input does not fit the command, which may be why the job failed.
    return undefined;
  }
}

function lineOf(task: Task, { input, index, slot }: RepeatableJob): string | undefined {
  const { action, cwd, env } = task;
  if (action.kind !== "function") {
    const line = commandLineOf(action)(input, { index, slot });
    return inShell(line.argv, { cwd, env: { ...env, ...line.env } });
  }
  // Beside a process of its own, a function is in the folder and the environment of the runner.
  const isApart = task.isolation === "process";
  const setting = isApart ? { cwd, env } : {};
  const name = nameIn(action, setting.cwd === undefined);
  const json = faithfulJson(input);
  if (name === undefined || json === undefined) return undefined;
  const options = ["--json"];
  if (action.spread) options.push("--spread");
  if (isApart) options.push("--isolation", "process");
  return inShell(["fanfold", "map", name, ...options, ":::", json], setting);
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
  const near = isHere ? relative(Deno.cwd(), file) : file;
  const isNear = !isAbsolute(near) && !/^\.\.(\/|$)/.test(near);
  return `${isNear ? `./${near}` : file}#${name}`;
}

/** A command where and with what it is to run; nothing if no command can be given one of these texts. */
function inShell(
  argv: readonly string[],
  { cwd, env = {} }: Partial<Pick<Task, "cwd" | "env">>,
): string | undefined {
  const variables = Object.entries(env);
  if ([...argv, ...variables.flat()].some((text) => /[\0\p{Cs}]/u.test(text))) return undefined;
  const isPlain = variables.every(([name]) => /^[A-Za-z_]\w*$/.test(name));
  const words = variables.map(([name, value]) => `${shellWords([name])}=${shellWords([value])}`);
  const line = [...(isPlain ? [] : ["env"]), ...words, shellWords(argv)].join(" ");
  return cwd === undefined ? line : `(cd ${shellWords([cwd])} && ${line})`;
}
