/**
 * A run that is kept, as far as its command line can be run again.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { Fault, messageOf } from "../../fault.ts";
import { KeptRun } from "../../journal/kept_run.ts";
import { journalPath } from "../../journal/runs_folder.ts";
import { type Args, readArgs } from "../request/args.ts";
import type { Command } from "../command.ts";
import { eachCommand } from "../commands/each_command.ts";
import { keptFolder, wordsToKeep } from "./kept_folder.ts";
import { mapCommand } from "../commands/map_command.ts";
import { namedRun, type RunNamed } from "./named_run.ts";
import { runCommand } from "../commands/run_command.ts";
import { resumptionBy } from "./run_lines.ts";

/** A run, and its command line. */
export interface KeptLine {
  readonly runId: string;
  /** Absolute path of its journal. */
  readonly path: string;
  /** The absolute folder that `--state-dir` names. */
  readonly state: string;
  readonly command: Command;
  readonly args: Args;
}

/** The commands that keep runs. */
const KEEPING: readonly Command[] = [runCommand, eachCommand, mapCommand];

/**
 * Finds a run and goes to its folder, which becomes the current one.
 *
 * @param action What is to be done with it, for messages.
 * @throws {Fault} Of kind `usage` if there is no such run, `journal` if it cannot be read or its folder is gone.
 */
export async function keptLine(
  { named, stateDir }: RunNamed,
  action: string,
): Promise<KeptLine> {
  const runs = await keptFolder(stateDir, named);
  const runId = namedRun(runs, named, action);
  const path = resolve(journalPath(runs, runId));
  using run = await KeptRun.open(path);
  const { folder } = run.record;
  const argv = JSON.parse(run.record.argv) as readonly string[];
  const command = KEEPING.find(({ name }) => name === argv[0]);
  if (!command) {
    throw new Fault("journal", `Cannot read the journal "${path}": found no command line in it`);
  }
  try {
    Deno.chdir(folder);
  } catch (cause) {
    const message = `Cannot ${action} run "${runId}" in "${folder}": ${messageOf(cause)}`;
    throw new Fault("journal", message, {
      cause,
      hint: hintToGoOn(argv, runId, dirname(path)),
    });
  }
  const args = readArgs(command.name, argv.slice(1), command.options, command.reading);
  return { runId, path, state: dirname(dirname(path)), command, args };
}

/** The arguments with which its own command does again what did not end well in a run. */
export function resumedBy({ runId, state, args }: KeptLine): Args {
  const { resume: _, ...options } = args.options;
  return { ...args, options: { ...options, "resume-failed": runId, "state-dir": state } };
}

/** The line that goes on with a run in another folder than it was in. */
function hintToGoOn(argv: readonly string[], id: string, runs: string): string | undefined {
  const isThere = wordsToKeep(runs, Deno.cwd()).length === 0;
  const where = isThere ? [] : ["--state-dir", dirname(runs)];
  const line = resumptionBy(argv, "resume", { id, where });
  return line && `in the folder where its project is now, go on with: ${line}`;
}
