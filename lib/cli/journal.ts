/**
 * What of a run is to be kept, and what is to be taken over from one before.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import { jobNumber } from "../job_number.ts";
import { runsFolder } from "../journal/state.ts";
import type { Args } from "./args.ts";
import { isLogResumed } from "./log_before.ts";
import type { OptionName } from "./options.ts";
import type { Origin } from "./origin.ts";
import { shellWords } from "./shell_words.ts";

/** The options about journals. */
export const JOURNAL_OPTIONS: readonly OptionName[] = ["resume", "resume-failed", "state-dir"];

/** What a command wants to keep. */
export interface JournalWish {
  /** The folder of journals. */
  readonly folder: string;
  /** What it is a run of. */
  readonly origin: Origin;
  /** The folder that paths in fingerprints start from. */
  readonly home: string;
  /** The command line. */
  readonly argv: readonly string[];
  /** Which run it goes on with: the one that is named, or the latest of the same that can go on. */
  readonly resume?: { readonly runId?: string; readonly repeatsFailed: boolean };
  /** The shortest line that goes on with it; jobs that did not end well are done again, or not. */
  readonly lineFor: (option: "resume" | "resume-failed") => string;
  /** The line that does one job again, by its index; of a run by its id or as `last`. */
  readonly reproFor: (run: string, task: string, index: number) => string;
}

/** What a command tells about the journal that it may keep. */
export interface JournalWishOptions extends Pick<JournalWish, "origin" | "home"> {
  /** Name of the command. */
  readonly command: string;
  /** The arguments that have to be told again for the tasks to be the same; the whole line if absent. */
  readonly again?: readonly string[];
  /** Whether a journal is kept only if one of these options is given. */
  readonly isAsked: boolean;
}

/**
 * What the options ask for; nothing if no journal is to be kept.
 *
 * @throws {Fault} Of kind `usage`, if they contradict each other.
 */
export function journalWish(
  args: Args,
  { command, origin, home, again, isAsked }: JournalWishOptions,
): JournalWish | undefined {
  const { options, argv, retryOf } = args;
  const { resume, "resume-failed": failed, "state-dir": state } = options;
  const isResumed = resume !== undefined || failed !== undefined;
  if (isResumed && options["no-journal"] !== undefined) {
    const found = resume === undefined ? "--resume-failed" : "--resume";
    throw new Fault("usage", `Cannot combine ${found} and --no-journal`);
  }
  const isWanted = !isAsked || ((isResumed || state !== undefined) && !isLogResumed(args));
  if (options["no-journal"] !== undefined || !isWanted) return undefined;
  const runId = failed || resume || undefined;
  const repeatsFailed = failed !== undefined;
  const where = state === undefined ? [] : ["--state-dir", state];
  return {
    folder: runsFolder(state),
    origin,
    home,
    argv: [command, ...argv],
    ...(isResumed ? { resume: { runId, repeatsFailed } } : {}),
    lineFor: (option) => {
      if (retryOf !== undefined) return `fanfold retry ${shellWords(retryOf)}`;
      const named = `--${option}${runId === undefined ? "" : `=${shellWords([runId])}`}`;
      if (!again) return `fanfold ${command} ${named} …`;
      return `${shellWords(["fanfold", command, ...again, ...where])} ${named}`;
    },
    reproFor: (run, task, index) =>
      shellWords(["fanfold", "repro", run, task, String(jobNumber(index)), ...where]),
  };
}
