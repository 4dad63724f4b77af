/**
 * The nouns of fanfold: what a task is, and how a job ends.
 *
 * @module
 */

import type { Halt } from "./rules/halt.ts";
import type { PermissionKind, Permissions } from "./rules/permissions.ts";
import type { Isolation } from "./rules/place.ts";
import type { Retries } from "./rules/retries.ts";
import type { TaskRules } from "./rules/rules.ts";
import type { Timeout } from "./rules/timeout.ts";
import type { FunctionRef, Source } from "./source.ts";

export type {
  FunctionRef,
  Halt,
  Isolation,
  PermissionKind,
  Permissions,
  Retries,
  Source,
  TaskRules,
  Timeout,
};

/** What a task does with one input. */
export type Action =
  | {
    readonly kind: "function";
    readonly run: FunctionRef;
    /** Called once in each slot before its first job. */
    readonly init?: FunctionRef;
    /** Whether an array input is spread over the parameters. */
    readonly spread: boolean;
  }
  | {
    readonly kind: "command";
    /** Program and arguments, with replacement strings in them; never parsed by a shell. */
    readonly argv: readonly string[];
    /** Names of the elements of inputs that are lists. */
    readonly columns?: readonly string[];
  }
  | {
    readonly kind: "shell";
    /** A script for `sh`; the inputs reach it as `$1`… and as environment variables. */
    readonly script: string;
    /** Names of the elements of inputs that are lists. */
    readonly columns?: readonly string[];
  };

/** What a task does that starts a program for each input. */
export type CommandAction = Exclude<Action, { readonly kind: "function" }>;

/** What is started for one job. */
export interface CommandLine {
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a task does that calls a function with each input. */
export type FunctionAction = Extract<Action, { readonly kind: "function" }>;

/** A named entry of the tasks file: what to do, over which inputs, under which rules. */
export interface Task extends TaskRules {
  /** Its key in the tasks file. */
  readonly name: string;
  /** What it is for, in one line. */
  readonly description?: string;
  /** What it does with an input. */
  readonly action: Action;
  /** Where its inputs come from. */
  readonly source: Source;
  /** Names of the tasks that must end well before this one starts. */
  readonly needs: readonly string[];
}

/** What a function is told beside its input. */
export interface Context {
  /** Name of the task. */
  readonly task: string;
  /** Position in the task's inputs, from 0. */
  readonly index: number;
  /** Which attempt at the job this is, from 1. */
  readonly attempt: number;
  /** The slot that runs the job, from 1. */
  readonly slot: number;
  /** Id of the run. */
  readonly runId: string;
  /**
   * Aborts when the job is to end: it took too long, or nothing goes on. The job has its grace then, if it has
   * looked at this before; otherwise its slot is ended at once.
   */
  readonly signal: AbortSignal;
}

/** What was thrown, as data: it has crossed from a slot, where its class stayed behind. */
export interface ErrorRecord {
  /**
   * Name of the error's class. Where no error was thrown: `"Thrown"` for another value, `"Exit"` and
   * `"Signal"` for the end of a slot or a command, `"OutOfMemory"`, `"TimedOut"`, `"Cancelled"`, `"Channel"`
   * for a slot that spoiled its own, or did not take its jobs up, `"NotStarted"` for a command, `"TooLarge"` for an
   * input or a result that a process or a queue cannot pass on, and `"Lost"` for a job that no host has come to an end with.
   */
  readonly name: string;
  /** What it says. */
  readonly message: string;
  /** Where it was thrown, as the far side saw it. */
  readonly stack?: string;
  /** What it was thrown because of. */
  readonly cause?: ErrorRecord;
  /** The errors of an `AggregateError`, both of a `SuppressedError`, or any list of errors that is its `errors`. */
  readonly errors?: readonly ErrorRecord[];
  /** The error's own further properties, as far as they can be cloned. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * What a job wrote, held until it is its turn.
 *
 * Each stream can be read once, while the job runs or after. Held bytes go to a file beyond a cap. It is
 * dropped when its outcome has been consumed.
 */
export interface Output {
  /** Bytes in the order written; ends when the job has ended. */
  read(stream: "stdout" | "stderr"): AsyncIterable<Uint8Array>;
  /**
   * Has every piece told that is written from now on, at the moment it is written, whether it is ever
   * read or not. The bytes stay as they are; the listener must not change them, and does not throw.
   */
  tap(listener: (stream: "stdout" | "stderr", bytes: Uint8Array) => void): void;
  /** Gives up what has not been read. */
  drop(): void;
  /** Likewise, but who has begun to read a stream has all that was written to it. */
  dropUnread(): void;
}

/** What is known of every attempt that started. */
export interface Trace {
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long it took, by a clock that never goes back. */
  readonly durationMs: number;
  /** The slot it ran on, from 1. */
  readonly slot: number;
  /** Id of the operating system process it ran in. */
  readonly pid?: number;
  /** Name of the host that did it, where others lend their slots. */
  readonly host?: string;
  /** What it wrote, if it wrote anything. */
  readonly output?: Output;
}

/** How an attempt at a job ended. */
export type Ending =
  | Trace & {
    readonly kind: "done";
    /** What the function returned. The value of a command is its stdout, and is here only for a fold. */
    readonly value: unknown;
  }
  | Trace & {
    readonly kind: "failed";
    /** What the function threw, or how the command ended. */
    readonly error: ErrorRecord;
  }
  | Trace & {
    /** It took longer than it may. */
    readonly kind: "timed-out";
    readonly error: ErrorRecord;
  }
  | Trace & {
    /** Its slot ended under it. */
    readonly kind: "died";
    readonly error: ErrorRecord;
  }
  | Partial<Trace> & {
    /** A task was halted while it ran, or before it started: then there is no trace. */
    readonly kind: "cancelled";
    readonly error: ErrorRecord;
  };

/** Which job an outcome belongs to. */
export interface JobId {
  /** Name of the task. */
  readonly task: string;
  /** Position in the task's inputs, from 0. */
  readonly index: number;
  /** The value the task was applied to; `undefined` for a job without input. */
  readonly input: unknown;
}

/** How a job ended. Every input that is read ends in exactly one. */
export type Outcome = JobId & Ending & { readonly attempts: number };

/** How a job ended in an earlier session of its run. */
export interface PriorOutcome {
  /** How it ended. */
  readonly ending: Ending;
  /** How often it was tried. */
  readonly attempts: number;
}

/** What ended in earlier sessions of a run. */
export interface PriorOutcomes {
  /**
   * Those of consecutive inputs that are not worked on again, by offset; asked once for each index, in their order.
   *
   * @param first Index of the first input.
   */
  find(first: number, inputs: readonly unknown[]): ReadonlyMap<number, PriorOutcome>;
}

/** How long an input took in earlier runs of its task, in ms; nothing if that is not known. */
export type TimeBefore = (input: unknown, index: number) => number | undefined;

/**
 * How many jobs of a task ended well; threw, or had a command end with another exit code than 0; took longer than they
 * may; had their slot end under them; were ended, or not started, because a task was halted.
 */
export type Counts = Readonly<Record<Ending["kind"], number>>;
