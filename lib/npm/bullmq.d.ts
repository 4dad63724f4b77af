import type { EventEmitter } from "node:events";

/** A client of a server, as BullMQ is given it. */
export type ConnectionOptions = object;

/** What a queue is kept by. */
export interface Backend {
  /** Resolves when a job may wait, and after so long, in seconds. */
  waitForJob(timeout: number): Promise<unknown>;
  /** Ends the wait for a job, for good. */
  disconnectBlocking(isWaitedFor: false): Promise<void>;
}

export type BackendFactory = (name: string, options: object, further?: object) => Backend;

export interface JobOptions {
  readonly jobId?: string;
  readonly attempts?: number;
  readonly removeOnComplete?: boolean;
  readonly removeOnFail?: boolean;
  /** How many lines of a stack are kept. */
  readonly stackTraceLimit?: number;
}

export class Job {
  readonly id?: string;
  readonly name: string;
  readonly data: unknown;
  /** How often it was taken from the queue. */
  readonly attemptsStarted: number;
  updateData(data: unknown): Promise<void>;
  moveToCompleted(value: unknown, token: string, fetchNext: false): Promise<unknown>;
  /** Puts it at the end of the queue, if it has attempts left. */
  moveToFailed(error: Error, token: string, fetchNext: false): Promise<unknown>;
  /** Puts it in front of all that wait. */
  moveToWait(token: string): Promise<unknown>;
}

export interface QueueOptions {
  readonly connection: ConnectionOptions;
  /** Begins all keys, on Redis. */
  readonly prefix?: string;
  readonly streams?: { readonly events: { readonly maxLen: number } };
  readonly defaultJobOptions?: JobOptions;
}

export class Queue extends EventEmitter {
  constructor(name: string, options: QueueOptions, backend?: BackendFactory);
  readonly name: string;
  /** Settles when what the queue itself has been told is on the server, which is begun with its making. */
  readonly queueMetaInitialized: Promise<void>;
  waitUntilReady(): Promise<unknown>;
  add(name: string, data: unknown, options?: JobOptions): Promise<Job>;
  getJob(id: string): Promise<Job | undefined>;
  getJobState(id: string): Promise<string>;
  getRanges(
    states: readonly ("wait" | "active")[],
    start: number,
    end: number,
    isAscending: boolean,
  ): Promise<string[]>;
  /** Gives 0 if it is locked. */
  remove(id: string): Promise<number>;
  resume(): Promise<void>;
  /** Pauses it, and removes all of it. */
  obliterate(options: { readonly force: boolean }): Promise<void>;
  close(): Promise<void>;
}

export interface WorkerOptions extends QueueOptions {
  readonly autorun?: boolean;
  /** In ms. */
  readonly lockDuration?: number;
  readonly stalledInterval?: number;
  readonly maxStalledCount?: number;
}

export class Worker extends EventEmitter {
  constructor(name: string, processor: null, options: WorkerOptions, backend?: BackendFactory);
  waitUntilReady(): Promise<unknown>;
  getBackend(): Backend;
  getNextJob(token: string, options: { readonly block: false }): Promise<Job | undefined>;
  /** Gives the ids of those that are not ours any more. */
  extendJobLocks(ids: string[], tokens: string[], durationMs: number): Promise<string[]>;
  startStalledCheckTimer(): Promise<void>;
  close(force?: boolean): Promise<void>;
}
