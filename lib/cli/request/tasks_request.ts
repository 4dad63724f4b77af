/**
 * The tasks that a command is about.
 *
 * @module
 */

import { basename, dirname, resolve } from "node:path";
import { loadTasks, type LoadTasksOptions } from "../../api/run_api.ts";
import { Fault } from "../../fault.ts";
import { readsOf } from "../../inputs/facts.ts";
import type { Task } from "../../job.ts";
import { meantOrAll } from "../../text/nearest.ts";
import { isRunName } from "../../run_id.ts";
import { findTasksFile } from "../../tasks_file/find.ts";
import type { Args } from "./args.ts";
import type { Io } from "../command.ts";
import type { OwnProcess } from "../own_process.ts";
import { toldIfLong } from "../../output/notices.ts";

export interface TasksRequest {
  readonly file?: string;
  readonly only?: readonly string[];
  /** The option that goes on with a run, if it names none. */
  readonly resumption?: "resume" | "resume-failed";
  /** Whether nothing may run that is held to no permissions: no module does so while the tasks file is loaded. @default false */
  readonly isLocked?: boolean;
}

export function readTasks({ operands, options }: Args): TasksRequest {
  const resumption = (["resume", "resume-failed"] as const).find((name) => options[name] === "");
  const only = operands.length > 0 ? operands : undefined;
  return { file: options.file, only, resumption, isLocked: options.locked !== undefined };
}

/**
 * Absolute path of the tasks file that is named, or else of the one of this folder or a parent.
 *
 * @throws {Fault} If there is none.
 */
export async function fileNamed({ file: named }: Pick<TasksRequest, "file">): Promise<string> {
  const file = named === undefined ? await findTasksFile(Deno.cwd()) : resolve(named);
  if (file !== undefined) return file;
  throw new Fault("tasks", "Cannot find a tasks file in this folder or its parents", {
    hint: "name one with --file, or write fanfold.yaml",
  });
}

/**
 * Loads the tasks file that is named, or else the one of this folder or a parent. One that is found is
 * worked in where it is: its folder becomes the current one.
 *
 * @throws {Fault} If there is none, or something is wrong in it, or it is code and nothing may run that is not held.
 */
export async function loadNamed(
  { file: named, only = [], resumption, isLocked }: TasksRequest,
  io: Pick<Io, "watchdog" | "ownProcess" | "tell">,
  options: LoadTasksOptions = {},
): Promise<{ readonly file: string; readonly tasks: readonly Task[]; readonly own?: OwnProcess }> {
  const file = await fileNamed({ file: named });
  if (named === undefined) Deno.chdir(dirname(file));
  if (isLocked && isScript(file)) (await import("../permissions/locked.ts")).refuseScript(file);
  // It takes a while, as other things do.
  if (isScript(file)) io.watchdog.begin();
  const own = await io.ownProcess?.();
  const tasks = await loadWatched(file, io, isLocked ? { ...options, modules: "unrun" } : options);
  const unknown = only.find((name) => !tasks.some((task) => task.name === name));
  if (unknown !== undefined) {
    const names = tasks.map(({ name }) => name);
    throw new Fault("usage", `Cannot run task "${unknown}": there is no such task in "${file}"`, {
      hint: resumeHint(resumption, unknown) ?? meantOrAll(unknown, names, "tasks"),
    });
  }
  return { file, tasks, own };
}

/** What somebody meant who wrote the name of a run where a task is named, and goes on with one. */
function resumeHint(option: TasksRequest["resumption"], unknown: string): string | undefined {
  return option && isRunName(unknown) ? `a run is named by --${option}=${unknown}` : undefined;
}

/** Whether a tasks file is code, which is run when it is loaded. */
export function isScript(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file);
}

/** Loads a tasks file; the module of one that is a script, and those that it names, may take as long as they like. */
export async function loadWatched(
  file: string,
  { watchdog, tell }: Pick<Io, "watchdog" | "tell">,
  options: LoadTasksOptions = {},
): Promise<readonly Task[]> {
  using _ = isScript(file) ? watchdog.watch(`the tasks file "${basename(file)}"`) : undefined;
  await watchdog.listens;
  const what = `the tasks file "${basename(file)}" and its modules to be loaded`;
  return await toldIfLong(what, loadTasks(file, options), tell);
}

/** @throws {Fault} Of kind `usage`, if several of these tasks read stdin, which can be read once. */
export function checkStdin(tasks: readonly Task[]): void {
  const [first, second] = tasks.filter(({ source }) => readsOf(source) === "stdin");
  if (!first || !second) return;
  const message = `Cannot run tasks "${first.name}" and "${second.name}" together`;
  throw new Fault("usage", `${message}: both read stdin, which can be read once`, {
    hint: "run them one at a time, or have one read a file",
  });
}
