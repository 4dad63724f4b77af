/**
 * What of a run is to be kept, and what is to be taken over from one before.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Args } from "./args.ts";
import { givenBy, isStdin } from "./sources_named.ts";
import { keepingFolder } from "../kept/kept_folder.ts";
import { isLogResumed } from "../../observers/joblog_resume.ts";
import type { OptionName } from "./options.ts";
import type { Origin } from "../kept/origin.ts";

/** The options about journals. */
export const JOURNAL_OPTIONS: readonly OptionName[] = ["resume", "resume-failed", "state-dir"];

/** What a command wants to keep. */
export interface JournalRequest {
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
  /** The folder that the program was called in: lines that are told are typed there. */
  readonly here: string;
  /** Whether stdin gave a header, without which the same inputs are other ones. */
  readonly takesHeader: boolean;
}

/** What a command tells about the journal that it may keep. */
export interface JournalRequestOptions extends Pick<JournalRequest, "origin" | "home" | "here"> {
  /** Name of the command. */
  readonly command: string;
  /** Whether a journal is kept only if one of these options is given. */
  readonly isAsked: boolean;
}

/**
 * What the options ask for; nothing if no journal is to be kept.
 *
 * @throws {Fault} Of kind `usage`, if they contradict each other.
 */
export function journalRequest(
  args: Args,
  { command, origin, home, here, isAsked }: JournalRequestOptions,
): JournalRequest | undefined {
  const { options, argv } = args;
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
  return {
    folder: keepingFolder(args, here),
    origin,
    home,
    argv: [command, ...argv],
    ...(isResumed ? { resume: { runId, repeatsFailed } } : {}),
    here,
    takesHeader: options.header !== undefined && givenBy(args).some(isStdin),
  };
}
