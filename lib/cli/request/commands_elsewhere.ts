/**
 * What is no command here: those of other task runners, and names of tasks.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { findTasksFile } from "../../tasks_file/find.ts";
import { formatOf } from "../../tasks_file/format.ts";
import { isRecord } from "../../schema/flaw.ts";
import { readTasksFile } from "../../tasks_file/read_document.ts";
import { didYouMean } from "../../text/nearest.ts";
import { COMMAND_NAMES } from "../command_list.ts";
import { shellWords } from "../shell_words.ts";
import { ALL_OPTIONS } from "./rule_options.ts";

/** What there is here, in one sentence each, with the commands and options of others that it is said of. */
const COMMANDS_ELSEWHERE = {
  "fanfold list lists the tasks": "ls tasks targets recipes -l --list --summary",
  "fanfold check looks for mistakes in a tasks file": "validate verify lint doctor",
  "fanfold plan shows what a run would do": "dry-run dryrun --dry explain preview graph deps",
  "fanfold run --resume goes on with the last run": "resume continue go-on",
  "fanfold show last tells of the last run; fanfold runs lists all that are kept":
    "status log logs history last result results",
  "fanfold runs --prune removes runs": "rm remove clean prune gc",
  "fanfold run runs the tasks of a tasks file": "start exec go do",
  "fanfold each runs a command for each input": "parallel xargs for foreach apply command shell",
  "fanfold map calls a function with each input": "call starmap imap function",
};

/**
 * What is given where a command is wanted.
 *
 * @param options The options that may stand there.
 */
export async function unknownCommand(given: string, options: readonly string[]): Promise<Fault> {
  const [title = ""] = /^(?:--[^=]+|-[^-])/s.exec(given) ?? [given];
  if (ALL_OPTIONS.some(({ name, short }) => title === `--${name}` || title === `-${short}`)) {
    const message = `Cannot run fanfold: found the option "${given}", wanted a command`;
    const hint = `options stand behind the command: fanfold COMMAND ${title}`;
    return new Fault("usage", message, { hint });
  }
  const what = given.startsWith("-") ? "option" : "command";
  const known = what === "option" ? options : COMMAND_NAMES;
  const isHere = ([, titles]: readonly string[]) => titles?.split(" ").includes(title);
  const hint = await isTask(title)
    ? `did you mean: ${shellWords(["fanfold", "run", title])}`
    : Object.entries(COMMANDS_ELSEWHERE).find(isHere)?.[0] ??
      didYouMean(title, known) ?? "fanfold --help lists the commands";
  return new Fault("usage", `Cannot run fanfold: unknown ${what} "${title}"`, { hint });
}

/** Whether a tasks file has a task of this name; a module is not run to find that out. */
async function isTask(name: string): Promise<boolean> {
  try {
    const path = await findTasksFile(Deno.cwd());
    if (path === undefined || formatOf(path) === "script") return false;
    const { document } = await readTasksFile(path, path);
    return isRecord(document) && isRecord(document.tasks) && Object.hasOwn(document.tasks, name);
  } catch {
    return false;
  }
}
