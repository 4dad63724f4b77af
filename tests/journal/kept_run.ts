/**
 * A run with its journal, for as long as a test runs.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { RunEvent } from "../../lib/events.ts";
import type { Outcome, Output, PriorOutcome } from "../../lib/job.ts";
import { Journal } from "../../lib/journal/journal.ts";
import { Session, type SessionOptions, type TaskRecord } from "../../lib/journal/session.ts";
import { taskOf } from "../support/held_engine.ts";

/** When and where every job of these runs ran. */
export const TRACE = { startedAt: 1000.5, durationMs: 2, slot: 1 } as const;

/** The run that these journals are of. */
export const RUN = {
  id: "r",
  version: "0.1.0",
  folder: "/",
  origin: '["it"]',
  argv: "[]",
} as const;

/** A row of the table of jobs. */
export interface JobRow {
  readonly id: number;
  readonly task: number;
  readonly idx: number | null;
  readonly input: string | null;
  readonly kind: string;
  readonly value: string | Uint8Array | null;
  readonly session: number;
}

/** What the journal is told of a task. */
export function known(name: string, changes: Partial<TaskRecord> = {}): TaskRecord {
  return { name, digest: name, fingerprint: "{}", dependsOnIndex: false, ...changes };
}

/** A job has ended, well if nothing else is said. */
export function jobEnded(
  task: string,
  index: number,
  input: unknown,
  ending: Partial<Outcome> = {},
): RunEvent {
  const well = { task, index, input, attempts: 1, kind: "done", value: undefined, ...TRACE };
  return { kind: "job-ended", outcome: { ...well, ...ending } as Outcome };
}

/** How a job ends that does not end well. */
export function failing(message: string): Partial<Outcome> {
  return { kind: "failed", error: { name: "Error", message } };
}

/** A job is known to run. */
export function jobStarted(task: string, index: number, output: Output): RunEvent {
  return { kind: "job-started", task, index, input: index, slot: 1, output };
}

/** A task has ended with so many jobs. */
export function taskEnded(name: string, done: number): RunEvent {
  const counts = { done, "failed": 0, "timed-out": 0, "died": 0, "cancelled": 0 };
  return { kind: "task-ended", task: taskOf(name, []), counts };
}

/** A folder with the journal of one run. */
export class KeptRun implements Disposable {
  readonly folder: string = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "fanfold-test-" }));
  /** Faults that sessions told of. */
  readonly faults: unknown[] = [];
  #hasBegun = false;

  /** Path of the journal. */
  get path(): string {
    return `${this.folder}/r.db`;
  }

  /** Begins the run, and the next time goes on with it. */
  async session(
    tasks: readonly TaskRecord[],
    options: Partial<SessionOptions> = {},
  ): Promise<Session> {
    const onFailure = (fault: unknown) => this.faults.push(fault);
    const whole = { tasks, repeatsFailed: false, onFailure, ...options };
    if (this.#hasBegun) return await Session.resume(this.path, whole);
    this.#hasBegun = true;
    return await Session.begin(this.path, RUN, whole);
  }

  /** A journal alone. */
  journal(): Promise<Journal> {
    return Journal.create(this.path, RUN);
  }

  /** The rows that another program sees. */
  rows<T>(query: string): T[] {
    using database = new DatabaseSync(this.path, { readOnly: true });
    return database.prepare(query).all().map((row) => ({ ...row })) as T[];
  }

  /** All jobs, by their ids. */
  get jobs(): JobRow[] {
    return this.rows("SELECT id, task, idx, input, kind, value, session FROM jobs ORDER BY id");
  }

  /** Changes the journal as another program may. */
  change(sql: string): void {
    using database = new DatabaseSync(this.path);
    database.exec(sql);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/**
 * Asks a session for the jobs of a task's inputs; by index.
 *
 * @param sizes Of the blocks in which they are asked for; all that is left then is one.
 */
export function found(
  session: Session,
  inputs: readonly unknown[],
  sizes: readonly number[] = [],
  task = "it",
): Map<number, PriorOutcome> {
  const kept = session.keptOf(task);
  const all = new Map<number, PriorOutcome>();
  const left = sizes.values();
  for (let first = 0; first < inputs.length;) {
    const block = inputs.slice(first, first + (left.next().value ?? inputs.length));
    for (const [offset, job] of kept?.find(first, block) ?? []) all.set(first + offset, job);
    first += block.length;
  }
  return all;
}
