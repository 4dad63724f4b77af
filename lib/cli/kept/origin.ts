/**
 * What runs are runs of.
 *
 * @module
 */

import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Action } from "../../job.ts";
import type { InputsRequest } from "../request/inputs_request.ts";

/** What a run is of: without the options that only say how it goes, which may change when it is resumed. */
export interface Origin {
  /** Absolute folder of the project. A run that is named may be resumed in a copy of it. */
  readonly where: string;
  /** The command and what makes its jobs what they are, apart from their inputs. */
  readonly what: readonly string[];
}

/** An origin as a journal has it. */
export function originText({ where, what }: Origin): string {
  return JSON.stringify([where, ...what]);
}

/** The origin that a journal has. */
export function originIn(text: string): Origin {
  const [where = "", ...what] = JSON.parse(text) as readonly string[];
  return { where, what };
}

/** Whether two origins are the same, be it in two copies of a project. */
export function isSame(a: Origin, b: Origin): boolean {
  return JSON.stringify(a.what) === JSON.stringify(b.what);
}

/** The tasks file of a run of tasks; nothing for a run without one. */
export function tasksFileOf({ where, what: [command, name] }: Origin): string | undefined {
  return command === "run" && name !== undefined ? join(where, name) : undefined;
}

/**
 * The origin of a run of one action: what it does, how its inputs are read, and from which files. Values on the
 * command line do not count, and nor does what stdin has: jobs are known again by them. Nor does a fold, which
 * is done anew.
 */
export function actionOrigin(
  command: string,
  { sources, readingWords }: InputsRequest,
  action: Action,
): Origin {
  const files = sources.flatMap(({ path }) => path === undefined ? [] : [path]);
  const where = Deno.cwd();
  const what = [command, ...wordsOf(action, where), "::::", ...files, "--", ...readingWords];
  return { where, what };
}

function wordsOf(action: Action, folder: string): readonly string[] {
  switch (action.kind) {
    case "function": {
      const { run: { module, path }, spread } = action;
      const isFile = module.startsWith("file:");
      const file = isFile ? relative(folder, fileURLToPath(module)) : module;
      return [file, ...path, ...(spread ? ["--spread"] : [])];
    }
    case "command":
      return ["argv", ...action.argv];
    case "shell":
      return ["shell", action.script];
  }
}
