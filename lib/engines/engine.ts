/**
 * What an engine is, seen from the centre.
 *
 * @module
 */

import type { Awaited, RunningJob, SlotEnd } from "../events.ts";
import type { ErrorRecord, Halt, JobId, Output } from "../job.ts";
import type { Clock } from "../time/clock.ts";
import type { Endings, Jobs } from "./consecutive_jobs.ts";
import type { SpoolStore } from "./spools/spool.ts";
import type { StartPlace } from "./start_place.ts";
import type { Marks } from "./system/process_tree.ts";

/** Where an engine gets its jobs, and the leave to run them. */
export interface Feed {
  /** Called when `take` or `enter` may give what they did not give before. */
  onChange: () => void;
  /** Whether no job will come again. */
  readonly isDry: boolean;
  /** Up to `max` jobs that may start now; nothing is not the end, see `isDry`. */
  take(max: number): Jobs | undefined;
  /** Asks leave for one more slot to be busy; the slots of all tasks of a run share one limit. */
  enter(): boolean;
  /** Gives the leave back when the slot has nothing to do. */
  leave(): void;
}

/** A job that runs, and what it is of where that is not always the same. */
export type StartedJob = Omit<JobId, "task"> & Pick<Jobs, "call">;

export interface Listener {
  /** A job runs, and this is where its output will be. */
  started(job: StartedJob, slot: number, output: Output): void;
  /** Consecutive jobs have ended; `endings` has one for each input, in their order. */
  ended(jobs: Jobs, endings: Endings): void;
  /** A slot has written outside any job: while its module was imported, or when the job had ended. */
  printed(bytes: Uint8Array, slot: number): void;
  /** A slot has thrown outside any job: after the job had ended, or nobody knows where from. */
  strayed(error: ErrorRecord, slot: number): void;
  /** A slot that is kept for many jobs is opened, beside so many others. */
  opened?(slot: number, others: number): void;
  /** Such a slot has ended, and may be opened again. */
  lost?(slot: number, why: SlotEnd): void;
  /** Code of the user that is no job is awaited for long. */
  awaited?(what: Awaited): void;
  /** A slot has loaded the module whose functions jobs name: the name of each export, and its type. */
  loaded?(types: readonly (readonly [string, string])[]): void;
}

/** Has it noted what jobs access, for their permissions to be learnt. */
export interface Learning {
  /** How a slot is started that notes what its functions access. */
  readonly slot: (task: string) => LearningSlot;
  /** Where and in what environment the commands of a task run, told those of the run. */
  readonly startOf: (task: string, start: StartPlace) => StartPlace;
  /** What is started for a job so that it is noted what it accesses: a program and its arguments. */
  readonly traced: (task: string, argv: readonly string[]) => readonly string[];
}

export interface LearningSlot {
  /** Flags for Deno beside those of what it may do. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface EngineRun {
  readonly runId: string;
  /** What notes what jobs access. @default nothing does */
  readonly learning?: Learning;
  /** Where what jobs write is held. */
  readonly store: SpoolStore;
  /** Knows for how long this process was stopped, and ends commands that are late. @default nobody */
  readonly timekeeper?: Timekeeper;
  /** Where and in what environment programs run. @default folder and environment of this process as they are then */
  readonly start?: StartPlace;
  /** By which slots are watched. @default the one that goes on by itself, and does not keep this process alive */
  readonly clock?: Clock;
}

/** What runs the jobs of one task on slots. */
export interface Engine extends AsyncDisposable {
  /**
   * Takes jobs from the feed until it is dry, ends each of them exactly once through the listener,
   * and resolves when the last has ended.
   *
   * A job that returns in a slot which then dies before it could say so, by a signal or for want of
   * memory, is run again.
   *
   * Jobs that were taken when the engine is disposed are stopped, and not told of.
   *
   * @throws {Fault} If slots cannot be started; then no further job will end.
   */
  perform(feed: Feed, listener: Listener): Promise<void>;
  /**
   * Starts no further job. Those that run may end, or are asked to end and then killed; they are told as
   * `cancelled` then, as are those that were taken and have not started. The feed is dry.
   */
  halt(when: Halt["when"]): void;
  /** The jobs that run now, by slot, as far as that is known without asking the slots. */
  runningJobs(): readonly JobOnSlot[];
}

export type JobOnSlot = Omit<RunningJob, "task">;

/**
 * The engine of a task; it can be halted, unless the task has no rule to halt by and none is run beside it, and says
 * what runs, unless nobody observes it.
 */
export type TaskEngine =
  & Omit<Engine, "halt" | "runningJobs">
  & Partial<Pick<Engine, "halt" | "runningJobs">>;

export interface Timed {
  /** It is over, or has no limit any more; gives whether it was late, and so was asked to end. */
  end(): boolean;
}

export interface TimedStart {
  readonly pid: number;
  /** What it and all that it has started are known by. */
  readonly marks: Marks;
  /** How long it may take to end when it was asked to, in ms. */
  readonly graceMs: number;
  /** How long it may take, in ms; shared, for it may change. */
  readonly limitMs: Float64Array<SharedArrayBuffer>;
}

/** Keeps the time of processes from a thread of its own. */
export interface Timekeeper {
  /** For how long this process has been seen not to be stopped, in ms, modulo 2³². */
  readonly awakeMs: number;
  /** Has a process asked to end, and killed after its grace, when it takes longer than its limit. */
  start(process: TimedStart): Timed;
}
