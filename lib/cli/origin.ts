/**
 * What a command line without a tasks file is a run of.
 *
 * @module
 */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Action } from "../job.ts";
import type { Args } from "./args.ts";
import { givenBy, INPUT_OPTIONS } from "./given.ts";
import type { Origin } from "./journal.ts";
import type { OptionName } from "./options.ts";

/** The options that make of the same text other inputs. Those that name files count by the files. */
const READING: readonly OptionName[] = [
  ...INPUT_OPTIONS.filter((name) => name !== "arg-file"),
  "json",
];

/**
 * The origin of a run of one action: what it does, how its inputs are read, and from which files. Values on the
 * command line do not count, and nor does what stdin has: jobs are known again by them. Nor does a fold, which
 * is done anew.
 */
export function originOf(command: string, args: Args, action: Action): Origin {
  const reading = READING.flatMap((name) => {
    const value = args.options[name];
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  const files = givenBy(args).flatMap(({ path }) => path === undefined ? [] : [path]);
  const where = Deno.cwd();
  const what = [command, ...wordsOf(action, where), "::::", ...files, "--", ...reading];
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
