/**
 * What a run of commands would start.
 *
 * @module
 */

import { openInputs } from "../../inputs/open.ts";
import type { CommandAction, Task } from "../../job.ts";
import type { Put } from "../../output/printer.ts";
import { Sink } from "../../output/sink.ts";
import { Tagged, type Tags } from "../../output/labels.ts";
import { shellQuoted } from "../../template/shell.ts";
import { commandLineOf } from "../../template/template.ts";
import type { Io } from "../command.ts";
import { noInputsText } from "../../observers/no_inputs.ts";
import { shellWords } from "../shell_words.ts";

/** Prints the command of each job, quoted for a shell, and starts none; gives the exit code. */
export async function dryRun(
  { name: task, action, source }: Pick<Task, "name" | "source"> & {
    readonly action: CommandAction;
  },
  tags: Tags | undefined,
  { stdout, signal, tell }: Io,
): Promise<number> {
  const sink = new Sink(stdout);
  const lineOf = commandLineOf(action);
  // Elsewhere than in a terminal it may be a script, for any shell.
  const wordsOf = Deno.stdout.isTerminal() ? shellWords : shellQuoted;
  let index = 0;
  try {
    for await (const input of openInputs(source)) {
      signal.throwIfAborted();
      const { argv } = lineOf(input, { index: index++, slot: 1 });
      const to: Put = tags ? new Tagged(sink, tags.ofJob(task, input)) : sink;
      const full = to.put(`${wordsOf(argv)}\n`);
      if (full) await full;
    }
  } finally {
    await sink.flush();
  }
  if (index === 0) await tell(noInputsText({ name: task, source }));
  return 0;
}
