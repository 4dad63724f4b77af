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

/** Commands and options of others, and one sentence on what there is here. */
const COMMANDS_ELSEWHERE: readonly (readonly [titles: string, hint: string])[] = [
  ["ls tasks targets recipes -l --list --summary", "fanfold list lists the tasks"],
  ["validate verify lint doctor", "fanfold check looks for mistakes in a tasks file"],
  [
    "dry-run dryrun --dry explain preview graph deps",
    "fanfold plan shows what a run would do",
  ],
  ["resume continue go-on", "fanfold run --resume goes on with the last run"],
  [
    "status log logs history last result results",
    "fanfold show last tells of the last run; fanfold runs lists all that are kept",
  ],
  ["rm remove clean prune gc", "fanfold runs --prune removes runs"],
  ["start exec go do", "fanfold run runs the tasks of a tasks file"],
  ["parallel xargs for foreach apply command shell", "fanfold each runs a command for each input"],
  ["call starmap imap function", "fanfold map calls a function with each input"],
];

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
  const hint = await isTask(title)
    ? `did you mean: ${shellWords(["fanfold", "run", title])}`
    : COMMANDS_ELSEWHERE.find(([titles]) => titles.split(" ").includes(title))?.[1] ??
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
