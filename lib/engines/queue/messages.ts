/**
 * What a run and its hosts send each other through a queue.
 *
 * A *host* lends the slots of its machine. A *slice* is some jobs of one task that travel together to one host; a *report*
 * tells how some of them have ended, as they end. The queue delivers a slice at least once: when a host is lost, or was
 * stopped for longer than its lock holds, its slice is delivered again, with a higher number. That number is the fencing
 * token: once a report of a later delivery has come, those of earlier ones count no more.
 *
 * @module
 */

import type { Action, ErrorRecord, TaskRules } from "../../job.ts";

/** The longest text in a report that people are told, in UTF-16 code units. */
export const LONGEST_TOLD = 16_384;

/** The version of all that is sent; a host refuses the runs of another. */
export const VERSION = 1;

/**
 * The rules that hosts obey. Paths in them, of `cwd` and of permissions, are relative to the folder of the tasks file where
 * they lie in it, as `.` and `./data`; others are absolute.
 */
export type SentRules = Pick<
  TaskRules,
  | "isolation"
  | "chunk"
  | "env"
  | "cwd"
  | "permissions"
  | "memoryBytes"
  | "recycle"
  | "transfer"
  | "timeout"
  | "graceMs"
  | "twice"
>;

/** Local files that a task is made of, as they are sent. */
export interface SentFiles {
  /** By which the run has them ready for hosts that have none: SHA-256, in hex, of their names and contents. */
  readonly digest: string;
  /** The folder that all of them are in, where the run is. Absolute. */
  readonly root: string;
}

/** A task as it is sent: a host runs it as it stands here, and plans nothing. All of it is plain data of JSON. */
export interface SentTask {
  readonly name: string;
  /** The folder of the tasks file, where the run is: what paths are relative to. Absolute. */
  readonly folder: string;
  /** Local modules are paths relative to the folder, as `./numbers.ts` or `../lib/numbers.ts`; others are URLs. */
  readonly action: Action;
  readonly rules: SentRules;
  /** What it does, as `lib/modules/fingerprint.ts` has it: hosts compare its parts with their own. */
  readonly fingerprint: Readonly<Record<string, string>>;
  /**
   * SHA-256, in hex, of what it does: action, local files, and where it is placed (isolation, env, cwd, permissions). The
   * same on all machines; `fanfold join --bundles` takes it.
   */
  readonly bundle: string;
  /** None if it is made of none. */
  readonly files?: SentFiles;
  /** Whether no more jobs of a slice may run at a time than one: the task limits how many do. Not part of what it does. */
  readonly isSingle: boolean;
}

/** A run as it is sent. Under one id there is one at a time; each go at it, and each loss of the server's data, begins a new session. */
export interface SentRun {
  readonly version: typeof VERSION;
  /** Unique. */
  readonly session: string;
  readonly runId: string;
  /** What it runs, for people. */
  readonly name: string;
  /** Where it runs, for people: the name of the machine, and its process. */
  readonly from: string;
  readonly tasks: readonly SentTask[];
}

/** What a slice says beside its inputs. */
export interface SliceHead {
  /** Unique. */
  readonly id: string;
  readonly session: string;
  /** Name of the task. */
  readonly task: string;
  /** Its jobs: consecutive ones, and which attempt it is at each. */
  readonly parts: readonly SlicePart[];
  /** How long all of it will take one slot, in ms, as far as is known. */
  readonly expectedMs: number;
}

export interface SlicePart {
  /** Index of the first job. */
  readonly first: number;
  readonly count: number;
  /** From 1. */
  readonly attempt: number;
}

/** A slice that has come to a host. */
export interface Delivery {
  readonly head: SliceHead;
  /** How often it has been delivered, this time included. */
  readonly number: number;
  /** The inputs of all of its jobs, in their order: the bytes of a clone of a list. */
  readonly inputs: Uint8Array;
}

/** What a host tells of a slice: reports of one delivery count from 0, and none is passed over. */
export interface Report {
  readonly session: string;
  readonly slice: string;
  readonly delivery: number;
  readonly number: number;
  /** Name of the host. */
  readonly host: string;
  /** Whether nothing more comes of this delivery. */
  readonly isLast: boolean;
  /** The bytes of a clone of a list of {@link Item}. */
  readonly items: Uint8Array;
}

/**
 * One thing in a report. Jobs are told by their place in the slice, from 0. Times are told as how long ago something was
 * when the report was made, in ms: clocks of machines differ.
 */
export type Item =
  | {
    /** Consecutive jobs are done, and have written nothing. */
    readonly kind: "done";
    readonly at: number;
    readonly values: ArrayLike<unknown>;
    /** For each job, or for all together, how long ago it started, and its duration; as `Columns` has them. */
    readonly times: Float64Array;
    readonly slot: number;
    readonly pid?: number;
  }
  | {
    /** One job has ended; what it has written came before. */
    readonly kind: "ended";
    readonly at: number;
    readonly ending: SentEnding;
  }
  | {
    /** A job writes; kept until it has ended. */
    readonly kind: "output";
    readonly at: number;
    readonly stream: "stdout" | "stderr";
    readonly bytes: Uint8Array;
  }
  | {
    /** A job runs again in another slot: what it has written so far counts no more. */
    readonly kind: "again";
    readonly at: number;
  }
  | {
    /** A slot has written, or thrown, outside any job. */
    readonly kind: "printed";
    readonly slot: number;
    readonly bytes: Uint8Array;
  }
  | { readonly kind: "strayed"; readonly slot: number; readonly error: ErrorRecord }
  | {
    /** The host does not run what is left of the slice: nothing of that has started there. */
    readonly kind: "refused";
    /** In words: `it serves no task "x"`, `module ./helper.ts was changed`. */
    readonly reason: string;
    /**
     * Whether it will not run any slice of this task: another host is to. If not, the host is ending, or it is the last
     * of several deliveries of which none came to an end, and `reason` says so.
     */
    readonly isForGood: boolean;
  }
  | {
    /** Slots cannot be started there for this task: the run cannot go on, as it could not at home. */
    readonly kind: "fault";
    readonly message: string;
    readonly hint?: string;
  };

/** How a job has ended on a host: an `Ending` with times as ages, and without its output. */
export type SentEnding =
  & {
    readonly agoMs?: number;
    readonly durationMs?: number;
    readonly slot?: number;
    readonly pid?: number;
  }
  & (
    | { readonly kind: "done"; readonly value: unknown }
    | {
      readonly kind: "failed" | "timed-out" | "died" | "cancelled";
      readonly error: ErrorRecord;
    }
  );

/** What a run wants of hosts that work for it; what stands here once stays. */
export interface Orders {
  /** Names of tasks that are halted: those of their jobs that run are ended, and told as cancelled, as are the others. */
  readonly halted: readonly string[];
  /** The run is over: what is left of its jobs is ended, and told no more. */
  readonly isOver: boolean;
}

/** A host as it is known to others. */
export interface HostRecord {
  /** Unique among those that serve the queue. */
  readonly name: string;
  readonly slots: number;
  /** How many of its slots are busy. */
  readonly busy: number;
  /** Names of the tasks that it serves; whether it serves bundles, and which. */
  readonly tasks: readonly string[];
  readonly bundles: "any" | "none" | readonly string[];
}
