/**
 * The tasks that a command is about.
 *
 * @module
 */

import { basename, dirname, resolve } from "node:path";
import { loadTasks, type LoadTasksOptions } from "../../api/run_api.ts";
import { Fault } from "../../fault.ts";
import type { Task } from "../../job.ts";
import { meantOrAll } from "../../text/nearest.ts";
import { isRunName } from "../../run_id.ts";
import { findTasksFile } from "../../tasks_file/find.ts";
import { isAllSlots, parseSlots, SLOTS_PATTERN } from "../../rules/slot_counts.ts";
import type { Args } from "./args.ts";
import type { Io } from "../command.ts";
import type { OwnProcess } from "../own_process.ts";
import { toldIfLong } from "../told_if_long.ts";

/** A tasks file that was loaded. */
export interface Loaded {
  readonly file: string;
  readonly tasks: readonly Task[];
  /** What was taken from it before it was loaded. */
  readonly own?: OwnProcess;
}

/**
 * Loads the tasks file that is named, or else the one of this folder or a parent. One that is found is
 * worked in where it is: its folder becomes the current one.
 *
 * @throws {Fault} If there is none, or something is wrong in it.
 */
export async function loadNamed(
  args: Args,
  io: Pick<Io, "watchdog" | "ownProcess" | "tell">,
  options: LoadTasksOptions = {},
): Promise<Loaded> {
  const named = args.options.file;
  const file = named === undefined ? await findTasksFile(Deno.cwd()) : resolve(named);
  if (file === undefined) {
    throw new Fault("tasks", "Cannot find a tasks file in this folder or its parents", {
      hint: "name one with --file, or write fanfold.yaml",
    });
  }
  if (named === undefined) Deno.chdir(dirname(file));
  // It takes a while, as other things do.
  if (isScript(file)) io.watchdog.begin();
  const own = await io.ownProcess?.();
  const tasks = await loadWatched(file, io, options);
  const unknown = args.operands.find((name) => !tasks.some((task) => task.name === name));
  if (unknown !== undefined) {
    const names = tasks.map(({ name }) => name);
    throw new Fault("usage", `Cannot run task "${unknown}": there is no such task in "${file}"`, {
      hint: resumeHint(args, unknown) ?? meantOrAll(unknown, names, "tasks"),
    });
  }
  return { file, tasks, own };
}

/** What somebody meant who wrote the name of a run where a task is named, and goes on with one. */
function resumeHint({ options }: Args, unknown: string): string | undefined {
  const option = options.resume === ""
    ? "resume"
    : options["resume-failed"] === "" && "resume-failed";
  return option && isRunName(unknown) ? `a run is named by --${option}=${unknown}` : undefined;
}

function isScript(file: string): boolean {
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

/** As many slots as `--jobs 0` asks for: more than that seldom helps. */
const MANY = 256;

/** The slots that `--jobs` asks for. */
export function slotsOf(args: Args): number | undefined {
  const wanted = args.options.jobs;
  if (wanted === undefined) return undefined;
  if (wanted === "0") return MANY;
  const slots = parseSlots(wanted, navigator.hardwareConcurrency);
  if (slots === undefined) {
    const most = SLOTS_PATTERN.test(wanted) ? `, at most ${Number.MAX_SAFE_INTEGER}` : "";
    const message = `Cannot read --jobs: found "${wanted}", wanted 4, 50%, +1, -1 or 0${most}`;
    const hint = isAllSlots(wanted)
      ? "leave it out: as many run as there are processors"
      : undefined;
    throw new Fault("usage", message, { hint });
  }
  return slots;
}
