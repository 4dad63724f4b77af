/**
 * Has it noted what the jobs of a run access, and reads that when the run is over.
 *
 * @module
 */

import { join } from "node:path";
import { passingOn } from "../engines/confined/confinement.ts";
import { findProgram } from "../engines/confined/programs.ts";
import type { Learning, LearningSlot } from "../engines/engine.ts";
import type { StartPlace } from "../engines/start_place.ts";
import { messageOf } from "../fault.ts";
import type { Task } from "../job.ts";
import { programOf } from "../template/template.ts";
import { Accesses } from "./accesses.ts";
import { readAuditLog } from "./audit_log.ts";
import { readCalls, straceArguments } from "./system_calls.ts";

/** The module that a slot loads first, to note what Deno does not. */
const NOTES = new URL("../engines/far/learning_notes.ts", import.meta.url).href;

/**
 * What nobody asks for is denied, for Deno tells reading from writing, and what is fetched, only where something is.
 */
const DENIED = [
  "--deny-read=/fanfold/learns/nothing/of/this",
  "--deny-write=/fanfold/learns/nothing/of/this",
  "--deny-net=none.invalid:1",
];

/** strace as it is here, or why it cannot be used. */
export type Strace = { readonly path: string } | { readonly wanting: string };

/** Notes what jobs access in files of a folder of its own, one for each slot and each command. */
export class Learner implements Learning, Disposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "fanfold-learn-" });
  readonly #tasks: readonly Task[];
  readonly #strace: Strace;
  readonly #startedAt = Date.now();
  #isDisposed = false;
  readonly #logs: { readonly task: string; readonly path: string }[] = [];

  /** @param tasks With the permissions that they have had. */
  constructor(tasks: readonly Task[], strace: Strace) {
    this.#tasks = tasks;
    this.#strace = strace;
  }

  /** As it is where they are held: what they need of the environment cannot be learnt, so that it is to be listed. */
  readonly startOf = (name: string, start: StartPlace): StartPlace => {
    const task = this.#tasks.find((task) => task.name === name);
    if (task?.action.kind === "function") return start;
    return passingOn({ env: task?.permissions?.env ?? false }, start);
  };

  readonly slot = (task: string): LearningSlot => ({
    flags: [...DENIED, "--preload", NOTES],
    env: { DENO_AUDIT_PERMISSIONS: this.#newLog(task) },
  });

  readonly traced = (task: string, argv: readonly string[]): readonly string[] => {
    if (!("path" in this.#strace) || argv.length === 0) return argv;
    return [this.#strace.path, ...straceArguments(this.#newLog(task)), ...argv];
  };

  #newLog(task: string): string {
    const path = join(this.#folder, String(this.#logs.length));
    this.#logs.push({ task, path });
    return path;
  }

  /** What the jobs of a task have accessed until now. @param folder Absolute folder that its commands start in. */
  accessesOf({ name, action }: Task, folder: string): Accesses {
    const accesses = new Accesses();
    const hasOwnProgram = action.kind !== "function" && programOf(action) !== undefined;
    for (const { task, path } of this.#logs) {
      const text = task === name ? textOf(path) : "";
      if (action.kind === "function") readAuditLog(text, accesses);
      else readCalls(text, accesses, { folder, hasOwnProgram, isNew: (path) => this.isNew(path) });
    }
    return accesses;
  }

  /** Whether a file is one that was made since, or there is none; where it is not known, it is taken for new. */
  isNew(path: string): boolean {
    try {
      const { birthtime } = Deno.lstatSync(path);
      // File systems count in steps of a few ms, and may be behind by one.
      return birthtime === null || birthtime.getTime() >= this.#startedAt - CLOCK_STEP_MS;
    } catch {
      return true;
    }
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

/** How far the time of a file may be behind, in ms. */
const CLOCK_STEP_MS = 10;

/** A job that was ended before it began has no log. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** Finds strace, and whether it may look at what other programs do. */
export async function findStrace(): Promise<Strace> {
  if (Deno.build.os !== "linux") return { wanting: "strace is for Linux only" };
  const path = programPath("strace");
  if (path === undefined) {
    return { wanting: "there is no strace: install it, by apt-get install strace for example" };
  }
  try {
    const { success, stderr } = await new Deno.Command(path, {
      args: [...straceArguments("/dev/null"), path, "-V"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (success) return { path };
    const [why = ""] = new TextDecoder().decode(stderr).trim().split("\n");
    return { wanting: `strace does not work here: ${why}` };
  } catch (thrown) {
    return { wanting: `strace does not work here: ${messageOf(thrown)}` };
  }
}

/** Where a program is found by its name, in the folders of PATH. */
export function programPath(name: string): string | undefined {
  return findProgram(name, { folder: Deno.cwd(), path: Deno.env.get("PATH") ?? "" });
}
