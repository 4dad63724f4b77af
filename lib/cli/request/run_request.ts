/**
 * What is run, and how it is told.
 *
 * @module
 */

import type { RunObserver } from "../../events.ts";
import type { PriorOutcomes, Task } from "../../job.ts";
import type { Tags } from "../../output/labels.ts";
import type { Format } from "../../output/printer.ts";
import type { Sink } from "../../output/sink.ts";
import type { OwnProcess } from "../own_process.ts";
import type { JournalRequest } from "./journal_request.ts";

/** A run that is asked for. */
export interface RunRequest {
  readonly tasks: readonly Task[];
  /** Names of the tasks that were asked for. @default all */
  readonly only?: readonly string[];
  /** How many slots of all tasks may be busy at once. */
  readonly slots?: number;
  /** @default "text" */
  readonly format?: Format;
  /** What stands in front of the lines that jobs print. */
  readonly tags?: Tags;
  /** What else observes it. @default nothing */
  readonly observers?: readonly OpenObserver[];
  /** Index of the first job of each task. @default 0 */
  readonly first?: number;
  /** The indices of jobs that are not done and of which nothing is told: a log says that they have ended. */
  readonly passedOver?: ReadonlySet<number>;
  /** The same jobs, as those that have ended before. */
  readonly prior?: PriorOutcomes;
  /** What was taken from functions. @default stdin, folder and environment as they are */
  readonly own?: OwnProcess;
  /** Whether `--shell` takes a script instead of a command. @default false */
  readonly takesShell?: boolean;
  /** What is kept of it; nothing if absent. */
  readonly journal?: JournalRequest;
  /** The line that has it run, where that does one job again of a run that is kept. */
  readonly ownLine?: string;
}

/** An observer that writes something which is to be complete when the run is over. */
export type WritingObserver = RunObserver & AsyncDisposable & Required<Pick<RunObserver, "end">>;

/** Opens an observer, which may write to stdout, and tells of the first write that fails. */
export type OpenObserver = (
  to: { readonly stdout: Sink; readonly onFailure: (reason: unknown) => void },
) => WritingObserver;
