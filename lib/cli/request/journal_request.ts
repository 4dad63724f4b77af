/**
 * What of a run is to be kept, what it is a run of, and what is to be taken over from one before.
 *
 * @module
 */

import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Action } from "../../job.ts";
import { type Args, checkConflicts } from "./args.ts";
import { type InputsRequest, isStdin } from "./inputs_request.ts";
import { keepingFolder } from "../kept/kept_folder.ts";
import { type NamedOption, optionsNamed } from "./options.ts";
import { asksForReport, REPORT_OPTIONS } from "./report_request.ts";

export const JOURNAL_OPTIONS: readonly NamedOption[] = [
  ...REPORT_OPTIONS,
  ...optionsNamed("resume", "resume-failed", "state-dir"),
];

/** What a run is of: without the options that only say how it goes, which may change when it is resumed. */
export interface Origin {
  /** Absolute folder of the project. A run that is named may be resumed in a copy of it. */
  readonly where: string;
  /** The command and what makes its jobs what they are, apart from their inputs. */
  readonly what: readonly string[];
}

export interface JournalRequest {
  readonly folder: string;
  readonly origin: Origin;
  /** The folder that paths in fingerprints start from. */
  readonly home: string;
  readonly argv: readonly string[];
  /** Which run it goes on with: the one that is named, or the latest of the same that can go on. */
  readonly resume?: { readonly runId?: string; readonly repeatsFailed: boolean };
  /** The folder that the program was called in: lines that are told are typed there. */
  readonly here: string;
  /** Whether stdin gave a header, without which the same inputs are other ones. */
  readonly takesHeader: boolean;
}

/** The runs of which the times of inputs count, whether this one is kept or not. */
export interface TimesRequest {
  /** The folder of runs, as it was named. */
  readonly stateDir?: string;
  /** The folder that the program was called in. */
  readonly here: string;
  /** What they are runs of: how what they are is to begin, see {@link Origin}. */
  readonly what: readonly string[];
}

export interface JournalOptions extends Pick<JournalRequest, "argv" | "resume"> {
  /** The folder of runs, as it was named. */
  readonly stateDir?: string;
}

export interface JoblogRequest {
  readonly file: string;
  /** Whether it is one of a run that goes on. */
  readonly isResumed: boolean;
  /** Whether it says which jobs have ended. */
  readonly isRead: boolean;
  /** Whether those are done again that have never ended well. */
  readonly repeatsFailed: boolean;
}

export function readJoblog(args: Args): JoblogRequest | undefined {
  const { joblog, resume, "resume-failed": failed } = args.options;
  return joblog === undefined ? undefined : {
    file: joblog,
    isResumed: resume !== undefined || failed !== undefined,
    isRead: isLogResumed(args),
    repeatsFailed: failed !== undefined,
  };
}

/**
 * What the options ask for; nothing if no journal is to be kept, as by `each` and `map` without one of these options.
 *
 * @throws {Fault} Of kind `usage`, if they contradict each other.
 */
export function readJournal(
  args: Args,
  command: "run" | "each" | "map",
): JournalOptions | undefined {
  const { options, argv } = args;
  const { resume, "resume-failed": failed, "state-dir": stateDir } = options;
  const isResumed = resume !== undefined || failed !== undefined;
  checkConflicts(args, ["resume", "resume-failed"]);
  const isAsked = isResumed || stateDir !== undefined || asksForReport(args);
  if (options["no-journal"] !== undefined || !(isAsked || command === "run")) return undefined;
  if (isLogResumed(args)) return undefined;
  const runId = failed || resume || undefined;
  const repeatsFailed = failed !== undefined;
  const words = [command, ...argv];
  return { argv: words, stateDir, ...isResumed && { resume: { runId, repeatsFailed } } };
}

/**
 * Whether a log says what has ended: where both could, a journal does only if it is named, or its folder is, or a report
 * is made of it.
 */
export function isLogResumed({ options }: Pick<Args, "options">): boolean {
  const { joblog, resume, "resume-failed": failed, "state-dir": state } = options;
  const namesNoRun = !resume && !failed && (resume ?? failed) !== undefined;
  const isKept = state !== undefined || asksForReport({ options });
  return joblog !== undefined && !isKept && namesNoRun;
}

/** What of a run is to be kept. */
export function journalRequest(
  { stateDir, ...asked }: JournalOptions,
  what: Pick<JournalRequest, "origin" | "home" | "here" | "takesHeader">,
): JournalRequest {
  return { ...asked, ...what, folder: keepingFolder(stateDir, what.here) };
}

/**
 * The same for a run of one action with the inputs of a line, in the current folder; nothing if no journal is kept.
 *
 * It is a run of what the action does, how its inputs are read, and from which files. Values on the command line do not
 * count, and nor does what stdin has: jobs are known again by them. Nor does a fold, which is done anew.
 */
export function journalOfAction(
  options: JournalOptions | undefined,
  action: Action,
  { sources, reading, readingWords }: InputsRequest,
  here: string,
): JournalRequest | undefined {
  if (!options) return undefined;
  const [command = ""] = options.argv;
  const where = Deno.cwd();
  const files = sources.flatMap(({ path }) => path ?? []);
  const what = [command, ...wordsOf(action, where), "::::", ...files, "--", ...readingWords];
  const takesHeader = reading.hasHeader && sources.some(isStdin);
  return journalRequest(options, { origin: { where, what }, home: where, here, takesHeader });
}

/** Earlier runs of the same action, whatever their inputs. */
export function timesOfAction(
  command: "each" | "map",
  options: JournalOptions | undefined,
  action: Action,
  here: string,
): TimesRequest {
  const what = [command, ...wordsOf(action, Deno.cwd()), "::::"];
  return { stateDir: options?.stateDir, here, what };
}

export function originText({ where, what }: Origin): string {
  return JSON.stringify([where, ...what]);
}

export function originIn(text: string): Origin {
  const [where = "", ...what] = JSON.parse(text) as readonly string[];
  return { where, what };
}

/** The tasks file of a run of tasks; nothing for a run without one. */
export function tasksFileOf({ where, what: [command, name] }: Origin): string | undefined {
  return command === "run" && name !== undefined ? join(where, name) : undefined;
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
