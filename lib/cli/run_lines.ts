/**
 * Command lines of runs: what a run was, and how to go on with it.
 *
 * @module
 */

import type { RunRecord } from "../journal/journal.ts";
import { shellWords } from "./shell_words.ts";

/** How somebody goes on with a run. */
export type Resumption = "resume" | "resume-failed";

/** The command line that began a run. */
export function commandLineOf({ argv }: Pick<RunRecord, "argv">): string {
  return shellWords(["fanfold", ...argvOf(argv)]);
}

/** The command line that goes on with a run, in the folder that it is of. */
export function resumptionOf(
  { argv, folder, id }: Pick<RunRecord, "argv" | "folder" | "id">,
  how: Resumption,
): string {
  const [command = "run", ...rest] = argvOf(argv);
  const more = withoutResume(command, rest).map((arg) => ` ${shellWords([arg])}`).join("");
  const line = `fanfold ${command} --${how}=${id}${more}`;
  return folder === Deno.cwd() ? line : `cd ${shellWords([folder])} && ${line}`;
}

/** What comes behind the command of `each` may have options of the same name. */
function withoutResume(command: string, argv: readonly string[]): readonly string[] {
  const isResume = (arg: string) => /^--resume(?:-failed)?(?:=|$)/.test(arg);
  if (command === "run") return argv.filter((arg) => !isResume(arg));
  const first = argv.findIndex(isResume);
  return argv.filter((_, i) => i !== first);
}

function argvOf(json: string): readonly string[] {
  return JSON.parse(json) as readonly string[];
}
