/**
 * What may be said of tasks under their rules, and what a task has of it.
 *
 * @module
 */

import type { Callable, FunctionRef } from "../source.ts";

/** What holds for every task that does not say otherwise, and that it applies to. */
export interface Defaults {
  /** Where functions run; `process` as soon as a task has `env`, `cwd`, `timeout` or `memory`. */
  readonly isolation?: Isolation;
  /** Jobs that run at the same time: a number, or `"50%"`, `"+1"`, `"-1"` of the hardware threads. */
  readonly jobs?: number | string;
  /** Jobs that travel to a slot in one message. */
  readonly chunk?: number | "auto";
  /** How many jobs results may run ahead of the oldest unfinished one. */
  readonly window?: number;
  /** Whether results come in input order, or as jobs end. */
  readonly ordered?: boolean;
  /** Variables added to the environment of commands and processes. */
  readonly env?: Readonly<Record<string, string | number | boolean>>;
  /** Folder of commands and processes, relative to the tasks file. */
  readonly cwd?: string;
  /** A function, itself or as `module#export`, called once in each slot before its first job. */
  readonly init?: string | (() => unknown);
  /**
   * Whether all buffers are moved to Workers and back instead of copied, and ports and streams with them; not unless
   * given. An input that was moved is gone where it came from: it cannot be tried again, and a run that is resumed does
   * not know it. Nothing is moved to processes.
   */
  readonly transfer?: boolean;
  /**
   * How much memory a slot may take, which is a process of its own then: `"512MB"`, `"2GiB"`, or bytes; at
   * least 100 MB, for a process takes 50 to 75 before a function takes any.
   */
  readonly memory?: number | string;
  /**
   * Ends a slot after so many jobs, or when it takes more memory than this at the end of a chunk: what a process
   * has resident, or the heap and buffers of a Worker.
   */
  readonly recycle?: RecycleOptions;
  /** How long an attempt may take: seconds, `"500ms"`, `"5m"`, or `"200%"` of the median so far. */
  readonly timeout?: number | string;
  /** How long a job may take to end after it was asked to, before it is killed; `"5s"` unless given. */
  readonly grace?: number | string;
  /** How often jobs may start: `"10/s"`. */
  readonly rate?: string;
  /** When no further job starts: `"soon"`, `"now"`, `"now,fail=3"`, `"soon,success=10%"`; never unless given. */
  readonly halt?: string;
  /** Further attempts at a job that does not end well. */
  readonly retries?: number | RetriesOptions;
}

/** Under which rules a task runs, with what was said of them read. */
export interface TaskRules {
  /** Where its functions run. */
  readonly isolation: Isolation;
  /** Jobs that may run at the same time; at least 1. */
  readonly slots: number;
  /** Jobs in one message to a slot. */
  readonly chunk: number | "auto";
  /** How many jobs results may run ahead of the oldest unfinished one. */
  readonly window?: number;
  /** Whether outcomes come in input order rather than as jobs end. */
  readonly ordered: boolean;
  /** Variables added to the environment of commands and processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute folder of commands and processes; the runner's own if absent. */
  readonly cwd?: string;
  /** Limit of the memory of a process of it, with all that is resident; none if absent. */
  readonly memoryBytes?: number;
  /** Ends a slot after so many jobs, or when it takes more memory than this at the end of a chunk. */
  readonly recycle?: { readonly jobs?: number; readonly memoryBytes?: number };
  /** Whether buffers are moved to Workers and back instead of copied; only those that are marked if absent. */
  readonly transfer?: boolean;
  /** Further attempts at jobs that do not end well; none if absent. */
  readonly retries?: Retries;
  /** The shortest time between the starts of two jobs, in ms; none if absent. */
  readonly delayMs?: number;
  /** When it starts no further jobs although there are inputs; never if absent. */
  readonly halt?: Halt;
  /** How long an attempt may take, from when it starts; as long as it likes if absent. */
  readonly timeout?: Timeout;
  /** How long a job may take to end after it was asked to, in ms; 5000 if absent. */
  readonly graceMs?: number;
  /** Joins the values, in input order, on the gathering side; starts at the first value if `initial` is absent. */
  readonly fold?: { readonly run: FunctionRef; readonly initial?: { readonly value: unknown } };
}

/** What a task may say of rules that the defaults cannot. */
export interface OwnRules {
  /** Arguments of the one call that is made. */
  readonly args?: readonly unknown[];
  readonly spread?: boolean;
  /** A function that joins the values. */
  readonly fold?: Callable;
  /** What the fold starts with. */
  readonly initial?: unknown;
}

/** All that rules look at in a task. */
export type Said = Defaults & OwnRules & { readonly inputs?: unknown };

/** Where functions run: a Worker in this process, or a Deno process of their own. */
export type Isolation = "worker" | "process";

/** When a slot ends, as a tasks file says it: after so many jobs, above so much memory, or both. */
export type RecycleOptions =
  | { readonly jobs: number; readonly memory?: number | string }
  | { readonly jobs?: number; readonly memory: number | string };

/** Which jobs are tried again, how often and when. */
export interface Retries {
  /** Attempts after the first. */
  readonly times: number;
  /** How long to wait before the second attempt, in ms. */
  readonly backoffMs: number;
  /** How many times longer each further wait is; at least 1. */
  readonly factor: number;
  /** The longest wait, in ms. */
  readonly maxMs: number;
  /** The share of a wait, from 0 to 1, by which it is longer or shorter at random. */
  readonly jitter: number;
  /** Kinds of endings and names of errors that are tried again; all but `done` if absent. */
  readonly on?: readonly string[];
}

/** Which jobs are tried again, how often and when, as a tasks file says it. */
export interface RetriesOptions {
  /** Attempts after the first. */
  readonly times: number;
  /** How long to wait before the second attempt; not at all unless given. */
  readonly backoff?: number | string;
  /** How many times longer each further wait is, 2 unless given. */
  readonly factor?: number;
  /** The longest wait; `"5m"` unless given, or `backoff` if that is longer. */
  readonly max?: number | string;
  /** The share of a wait, from 0 to 1, by which it is longer or shorter at random. */
  readonly jitter?: number;
  /** Which are tried again: `"failed"`, `"timed-out"`, `"died"`, names of errors; all unless given. */
  readonly on?: string | readonly string[];
}

/** When a task has had enough. */
export interface Halt {
  /** Whether jobs that run may end (`soon`), or are asked to end and then killed (`now`). */
  readonly when: "soon" | "now";
  /** What is counted: jobs that did not end well, which halts all tasks of the run, or those that did, or both. */
  readonly why: "fail" | "success" | "done";
  /** How many are enough: a number, or a share of all inputs. */
  readonly limit: { readonly count: number } | { readonly percent: number };
}

/** A time, or a share of the median of what jobs of the task have taken that ended well. */
export type Timeout = { readonly ms: number } | { readonly percent: number };
