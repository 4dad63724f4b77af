/**
 * What is run, and how its results are printed and told.
 *
 * @module
 */

import type { QueueConnection } from "../../api/queue_connection.ts";
import type { Learning } from "../../engines/engine.ts";
import type { RunObserver } from "../../events.ts";
import type { Action, PriorOutcomes, Task } from "../../job.ts";
import type { Tags } from "../../output/labels.ts";
import type { Format } from "../../output/printer.ts";
import type { Sink } from "../../output/sink.ts";
import { wholeOf } from "../../template/input_text.ts";
import { oneLine, withoutCommands } from "../../text/shown.ts";
import type { OwnProcess } from "../own_process.ts";
import { type Args, checkConflicts } from "./args.ts";
import type { JournalRequest, TimesRequest } from "./journal_request.ts";
import type { ProgressMode } from "./options.ts";
import type { ReportRequest } from "./report_request.ts";
import type { GivenRules } from "./rule_options.ts";

export interface RunRequest {
  readonly tasks: readonly Task[];
  readonly only?: readonly string[];
  readonly slots?: number;
  /** The queue whose hosts do the jobs. @default this machine does them */
  readonly connection?: QueueConnection;
  readonly format?: Format;
  readonly tags?: Tags;
  /** How it is shown how far it is. @default as FANFOLD_PROGRESS says, or else `auto` */
  readonly progress?: ProgressMode;
  /** Whether only that is said which goes wrong. @default false */
  readonly isQuiet?: boolean;
  /** Whether it is told at the end which jobs were slow, and what became of slots. @default false */
  readonly isVerbose?: boolean;
  /** Whether lines are printed as they are written, whoever's turn it is. @default false */
  readonly live?: boolean;
  /** What else observes it. @default nothing */
  readonly observers?: readonly OpenObserver[];
  /** Index of the first job of each task. @default 0 */
  readonly first?: number;
  /** The indices of jobs that are not done and of which nothing is told: a log says that they have ended. */
  readonly passedOver?: ReadonlySet<number>;
  /** The same jobs, as those that have ended before. */
  readonly prior?: PriorOutcomes;
  /** What notes what jobs access. @default nothing does */
  readonly learning?: Learning;
  /** What was taken from functions. @default stdin, folder and environment as they are */
  readonly own?: OwnProcess;
  /** Absolute path of the tasks file. @default there is none */
  readonly tasksFile?: string;
  /** Whether `--shell` takes a script instead of a command. @default false */
  readonly takesShell?: boolean;
  readonly journal?: JournalRequest;
  /** Where it is known how long inputs took before. @default nowhere */
  readonly times?: TimesRequest;
  /** What is written of the journal at the end. @default nothing */
  readonly reports?: readonly ReportRequest[];
  /** The line that has it run, where that does one job again of a run that is kept. */
  readonly ownLine?: string;
}

/** An observer that writes something which is to be complete when the run is over. */
export type WritingObserver = RunObserver & AsyncDisposable & Required<Pick<RunObserver, "end">>;

/** Opens an observer, which may write to stdout, and tells of the first write that fails. */
export type OpenObserver = (
  to: { readonly stdout: Sink; readonly onFailure: (reason: unknown) => void },
) => WritingObserver;

export interface OutputOptions {
  readonly format: Format;
  readonly ordered: boolean;
  readonly tags?: Tags;
  readonly progress?: ProgressMode;
  readonly isQuiet: boolean;
  readonly isVerbose?: boolean;
  readonly live?: boolean;
}

/**
 * How results are to be printed.
 *
 * @param tags What `--tag` puts in front of lines.
 * @throws {Fault} Of kind `usage`, if options contradict each other.
 */
export function readOutput(args: Args, tags: Tags): OutputOptions {
  const { format, live, results, tag, unordered, progress, quiet, verbose } = args.options;
  checkConflicts(args, ["keep-order", "tag", "live", "quiet", "verbose"]);
  return {
    format: format as Format | undefined ?? (results === undefined ? "text" : "none"),
    ordered: unordered === undefined && live === undefined,
    ...live !== undefined && { live: true },
    progress: progress as ProgressMode | undefined,
    isQuiet: quiet !== undefined,
    ...verbose !== undefined && { isVerbose: true },
    ...tag !== undefined && { tags },
  };
}

/** The input alone, as with GNU parallel's `--tag`: its bytes for programs, and each character of it for a terminal. */
export function inputTags(): Tags {
  const shown = Deno.stdout.isTerminal() ? oneLine : withoutCommands;
  return { ofJob: (_, input) => shown(wholeOf(input, "")) };
}

/** A task that does one thing, without inputs, in as many slots as the rules give. */
export function bareTask<A extends Action>(
  name: string,
  action: A,
  { slots = navigator.hardwareConcurrency, most }: GivenRules,
): Task & { readonly action: A } {
  const isFunction = action.kind === "function";
  return {
    name,
    action,
    source: { kind: "list", values: [] },
    needs: [],
    isolation: isFunction ? "worker" : "process",
    slots,
    ...most !== undefined && { most },
    chunk: isFunction ? "auto" : 1,
    ordered: true,
    env: {},
  };
}
