/**
 * The events of a run, and what observes them.
 *
 * @module
 */

import type { Counts, Ending, ErrorRecord, JobId, Outcome, Output, Task } from "./job.ts";
import type { Halt } from "./rules/halt.ts";
import type { FunctionRef } from "./source.ts";

/** What every event has. */
export interface EventOf<Kind extends string> {
  /** Which event it is. */
  readonly kind: Kind;
}

/** The run begins; the first event of all. */
export interface RunStarted extends EventOf<"run-started"> {
  /** Its id. */
  readonly runId: string;
  /** In the order in which their outcomes come. */
  readonly tasks: readonly Task[];
}

/** A task may start its jobs from now on. */
export interface TaskStarted extends EventOf<"task-started"> {
  /** The task. */
  readonly task: Task;
}

/**
 * How many inputs a task has: told as it starts, with or without a count, and once more when a count was not known
 * then and has become so. That does not happen where inputs are left unread.
 */
export interface InputsCounted extends EventOf<"inputs-counted"> {
  /** The task. */
  readonly task: Task;
  /** Absent while it is not known. */
  readonly count?: number;
}

/** A job is known to run: told for commands as they start, for functions as they first print. */
export interface JobStarted extends EventOf<"job-started">, JobId {
  /** The slot, from 1. */
  readonly slot: number;
  /** What it writes, from now on. */
  readonly output: Output;
}

/** An attempt has not ended well, and the job is tried again after a wait. */
export interface JobRetried extends EventOf<"job-retried">, JobId {
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  /** How it has ended. */
  readonly ending: Ending;
  /** How long the next attempt waits, in ms. */
  readonly waitMs: number;
}

/** A job has ended, whether it is its turn or not. */
export interface JobEnded extends EventOf<"job-ended"> {
  /** How it has ended. */
  readonly outcome: Outcome;
}

/** Jobs that ended together have been told: what keeps them does so now, before others start. */
export type JobsTold = EventOf<"jobs-told">;

/** A job is not done again: it has ended before, in a session that was resumed. */
export type JobKept = EventOf<"job-kept"> & Pick<JobEnded, "outcome">;

/** How far the tasks are; told only to observers that ask for it, see {@link RunObserver.progressEveryMs}. */
export interface Progress extends EventOf<"progress"> {
  /** Those that have started, in their order. */
  readonly tasks: readonly TaskProgress[];
}

/** How far a task is. */
export interface TaskProgress {
  /** The task. */
  readonly task: Task;
  /** How many of its inputs have been taken up; what is not ended of them runs, waits in a slot, or for another attempt. */
  readonly taken: number;
  /** How many of its jobs run. */
  readonly running: number;
  /** How many have ended, and how. */
  readonly ended: Counts;
}

/** A slot has written outside any job: while its module was imported, or after a job had ended. */
export interface Printed extends EventOf<"printed"> {
  /** Name of the task. */
  readonly task: string;
  /** The slot, from 1. */
  readonly slot: number;
  /** What was written. */
  readonly bytes: Uint8Array;
}

/** A function has thrown where nobody waited for it, and no running job is known to be the one. */
export interface Strayed extends EventOf<"strayed">, Pick<Printed, "task" | "slot"> {
  /** What was thrown. */
  readonly error: ErrorRecord;
}

/** A slot that is kept for many jobs is opened; a command has none. */
export interface SlotOpened extends EventOf<"slot-opened">, Pick<Printed, "task" | "slot"> {
  /** How many other slots of the task are open. */
  readonly others: number;
}

/** A slot has ended before its task: it is opened again if there are jobs for it. */
export interface SlotLost extends EventOf<"slot-lost">, Pick<Printed, "task" | "slot"> {
  /** Why. */
  readonly why: SlotEnd;
}

/** Why a slot has ended. */
export type SlotEnd =
  | {
    /** With the job that ran in it. */
    readonly kind: "job";
    readonly index: number;
    readonly ending: Ending;
  }
  /** A job that was to end did so while its slot was being ended for it. */
  | { readonly kind: "stopped" }
  | {
    /** It has had its time, as `recycle` says. */
    readonly kind: "recycled";
    readonly of: "jobs" | "memory";
  }
  | {
    /** It could not start, or has ended while no job is to blame. */
    readonly kind: "vain";
    readonly error: ErrorRecord;
  };

/** What was started lives on should this program be killed: nothing watches over it, and why. */
export interface Unwatched extends EventOf<"unwatched"> {
  /** Why. */
  readonly reason: string;
}

/** The commands of a task are held to its permissions only as far as can be here, which it says is enough. */
export interface HeldInPart extends EventOf<"held-in-part"> {
  /** Name of the task. */
  readonly task: string;
  /** What cannot be held. */
  readonly reason: string;
}

/** Something of the queue by which others lend their slots. */
export interface QueueTold extends EventOf<"queue-told"> {
  /** What it is. */
  readonly what: QueueNews;
}

/** What is told of a queue. */
export type QueueNews =
  | {
    /** A host will run no job of the task; told once of each host and reason. */
    readonly kind: "refused";
    readonly task: string;
    readonly host: string;
    readonly reason: string;
  }
  | {
    /** A host has sent what no host sends; it does not count. Told once of each host and reason. */
    readonly kind: "misreported";
    readonly host: string;
    readonly reason: string;
  }
  | {
    /** The server cannot be reached; told once until it is again. */
    readonly kind: "unreachable";
    readonly reason: string;
  }
  | { readonly kind: "reachable" }
  /** The server has lost its data: what it had of the run is sent anew. */
  | { readonly kind: "data-lost" }
  /** There has been no host for a while, and the run waits for one. */
  | { readonly kind: "no-host" }
  | {
    /** So many jobs were told again that had ended: they did not count. */
    readonly kind: "repeated";
    readonly jobs: number;
  }
  /** Something of the run may be left on the server. */
  | { readonly kind: "left-behind" };

/** Something has gone wrong as the run ended for another reason, which counts: inputs were not closed, for example. */
export interface WentWrong extends EventOf<"went-wrong"> {
  /** What was thrown. */
  readonly reason: unknown;
}

/** The task has waited for 10 s, and goes on waiting; told once of each slot, of a fold and of inputs. */
export interface LongAwaited extends EventOf<"awaited"> {
  /** Name of the task. */
  readonly task: string;
  /** What it waits for. */
  readonly what: Awaited;
}

/** What a task waits for, and need not come to an end: code of the user that is no job. */
export type Awaited =
  | {
    /** A slot imports the module of the function. */
    readonly kind: "import";
    readonly slot: number;
    /** Its URL. */
    readonly module: string;
  }
  | {
    /** A slot calls `init`. */
    readonly kind: "init";
    readonly slot: number;
    readonly run: FunctionRef;
  }
  | {
    /** The fold is loaded, or joins a value. */
    readonly kind: "fold";
    /** Index of the job whose value it is; nothing while it is loaded. */
    readonly index?: number;
  }
  /** What the user's code gives as inputs has not come to the next one. */
  | { readonly kind: "input" };

/** The task has had enough: it starts no further jobs, and nor does any other where jobs have failed. */
export interface TaskHalted extends EventOf<"task-halted"> {
  /** The task. */
  readonly task: Task;
  /** The rule that was met. */
  readonly halt: Halt;
}

/** All jobs of the task have ended, and their outcomes have been read. */
export interface TaskEnded extends EventOf<"task-ended"> {
  /** The task. */
  readonly task: Task;
  /** How its jobs have ended. */
  readonly counts: Counts;
  /** What the fold made of the values; absent without a fold, or when a job did not end well, or was kept from it. */
  readonly folded?: { readonly value: unknown };
  /** Whether the fold was left, for it did not come to its end within the grace of a task that was halted. */
  readonly isFoldLeft?: boolean;
}

/** The task is not run; told when it would be its turn. */
export interface TaskSkipped extends EventOf<"task-skipped"> {
  /** The task. */
  readonly task: Task;
  /** Name of the task that it needs and that did not end well, or of the one that has halted the run. */
  readonly because: string;
}

/** The run has come to its own end; not told of one that was stopped or could not go on. */
export type RunEnded = EventOf<"run-ended"> & Pick<RunStarted, "runId">;

/** Everything that can happen in a run, told at the moment it happens. */
export type RunEvent =
  | RunStarted
  | TaskStarted
  | InputsCounted
  | JobStarted
  | JobRetried
  | JobEnded
  | JobsTold
  | JobKept
  | Progress
  | Printed
  | Strayed
  | SlotOpened
  | SlotLost
  | Unwatched
  | HeldInPart
  | QueueTold
  | WentWrong
  | LongAwaited
  | TaskHalted
  | TaskEnded
  | TaskSkipped
  | RunEnded;

/** A job that runs now. */
export interface RunningJob extends JobId {
  /** The slot it runs on, from 1. */
  readonly slot: number;
  /** Id of the operating system process it runs in, where that is known. */
  readonly pid?: number;
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
}

/** A run as its observers see it, who may ask at any time. */
export interface ObservedRun {
  /** The jobs that run now, functions too: task after task, and by slot. */
  running(): readonly RunningJob[];
}

/**
 * Hears of everything in a run. Observers are told in the order in which they are listed, and know nothing of one another.
 */
export interface RunObserver {
  /** Hears of an event, at the moment it happens: what takes long holds up the run. */
  onEvent(event: RunEvent): void;
  /** The kinds of events that it hears of; asked again when another kind of event comes than before. @default all */
  readonly hears?: readonly RunEvent["kind"][];
  /** Is given the run before the first event. */
  attach?(run: ObservedRun): void;
  /** How often {@link Progress} is told, in ms at least from one to the next; it is not told if absent. */
  readonly progressEveryMs?: number;
  /**
   * Resolves when all that it keeps is where it belongs; called once the run is over, however it has ended.
   *
   * @throws What it throws is thrown to the reader of the outcomes, unless the run itself has failed.
   */
  end?(): Promise<void>;
}
