/**
 * The rules for attempts at jobs: how long, how often, and until when.
 *
 * @module
 */

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
