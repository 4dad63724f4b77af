/**
 * Why a run could not go on.
 *
 * @module
 */

/** What a fault is about; it decides the exit code. */
export type FaultKind = "usage" | "tasks" | "input" | "journal" | "engine";

/** A place in a file. */
export interface Position {
  /** Path or URL of the file. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 code units. */
  readonly column?: number;
  /** The text of the line. */
  readonly text?: string;
}

/** One thing that is wrong, and where. */
export interface Mistake {
  /** The action that failed, what was found, what was wanted. */
  readonly message: string;
  /** Where it is wrong, if there is one place. */
  readonly at?: Position;
  /** One sentence: what to try. */
  readonly hint?: string;
}

/** What a fault is made from. */
export interface FaultOptions extends Omit<Mistake, "message"> {
  /** What was thrown under it. */
  readonly cause?: unknown;
  /** All that is wrong, where several things are; the first is the fault's own message. */
  readonly mistakes?: readonly Mistake[];
}

// As they were before code of the user may have put others in their place.
const ErrorOf = Error;
const { isError: isErrorOf } = Error as unknown as { isError(value: unknown): boolean };

/**
 * Whether something is an error: one of any realm, a context of its own for example, and whatever `Error` is by now; or what
 * inherits from one without being one. Never throws.
 */
export function isError(thrown: unknown): thrown is Error {
  try {
    return isErrorOf(thrown) || thrown instanceof ErrorOf;
  } catch {
    return false; // A proxy can throw whatever is asked of it.
  }
}

/** What was thrown, in words: the message of an error, or the text of anything else. */
export function messageOf(thrown: unknown): string {
  return isError(thrown) ? thrown.message : String(thrown);
}

/** What to try where a module cannot be imported, by what was thrown; nothing if that is not known. */
export function importHint(message: string): string | undefined {
  return /not in import map/.test(message)
    ? "start fanfold by deno run -A with --config and the deno.json of the module"
    : undefined;
}

/** The run cannot go on, and no job is to blame. */
export class Fault extends Error {
  /** Always `"Fault"`. */
  override readonly name = "Fault";
  /** What it is about. */
  readonly kind: FaultKind;
  /** Every mistake that was found; at least one. */
  readonly mistakes: readonly Mistake[];

  /**
   * A fault of one mistake, unless `options.mistakes` has more.
   *
   * @param kind What it is about.
   * @param message The action that failed, the text quoted, what was found, what was wanted.
   * @param options Where, what to try, and the cause.
   */
  constructor(kind: FaultKind, message: string, options: FaultOptions = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.mistakes = options.mistakes ?? [{ message, at: options.at, hint: options.hint }];
  }

  /** A fault of several mistakes, which are all told together. */
  static of(kind: FaultKind, mistakes: readonly [Mistake, ...Mistake[]]): Fault {
    return new Fault(kind, mistakes[0].message, { mistakes });
  }
}

/** Exit code of a run in which a job did not end well. */
export const EXIT_JOB = 1;

/** The exit code of each kind of fault: 2 is for what the user wrote, 3 for what failed under the run. */
export const EXIT_FAULT: Readonly<Record<FaultKind, number>> = {
  usage: 2,
  tasks: 2,
  input: 2,
  journal: 3,
  engine: 3,
};
