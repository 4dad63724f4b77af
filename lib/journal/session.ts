/**
 * One go at a run: what is known from those before, and what comes of this one.
 *
 * @module
 */

import type { RunEvent, TaskEnded } from "../events.ts";
import type { Counts, PriorOutcome, PriorOutcomes } from "../job.ts";
import { damaged, within } from "./database.ts";
import type { FilesOf } from "../source.ts";
import { Journal, type RunRecord } from "./journal.ts";
import { hasAllInputs, keptOutcomes } from "./kept_outcomes.ts";
import { KeptJobs, type KeptJobsOptions } from "./kept_jobs.ts";
import { removeOrphans } from "./record.ts";
import { Recorder } from "./recorder.ts";
import { idOfTask, PLACES } from "./tables.ts";
import { seal } from "./checks.ts";
import { SeenFiles } from "./seen_files.ts";
import { keepPrivate, RunLock } from "./runs_folder.ts";
import { UNPLACE } from "./sums.ts";

/** What the journal is told of a task. */
export interface TaskRecord {
  readonly name: string;
  /** Tells whether jobs from before are jobs of this task. */
  readonly digest: string;
  /** All that goes into it, as JSON. */
  readonly fingerprint: string;
  /** How many inputs it has, if that is known before they are read. */
  readonly count?: number;
  /** Whether its results depend on the positions of its jobs. */
  readonly dependsOnIndex: boolean;
  /**
   * Where its inputs come from, if they can be gone although nobody took them out: stdin has been read, or files have
   * moved.
   */
  readonly reads?: Reads;
  /** Tells the files that an input names, where inputs are such. */
  readonly filesOf?: FilesOf;
}

/** What has inputs that are not always there. */
export type Reads = "stdin" | "files";

/** Jobs of a task that are kept, and of which no input was met again. */
export interface Unmet {
  readonly task: string;
  readonly jobs: number;
  readonly reads: Reads;
  /** Whether its source gave no input at all. */
  readonly isEmpty: boolean;
}

/** How a session goes. */
export interface SessionOptions {
  readonly tasks: readonly TaskRecord[];
  /** Whether jobs that did not end well are done again. */
  readonly repeatsFailed: boolean;
  /** Told of the first write that fails: a fault of kind `journal`. */
  readonly onFailure: (fault: unknown) => void;
}

/** What there was of the tasks when a session began. */
export interface Before {
  /** How many jobs had ended that do the same now, and how many of them not well. */
  readonly jobs: number;
  readonly notWell: number;
  /** Names of the tasks that do something else now. */
  readonly changed: readonly string[];
}

/** Keeps what ends, and knows what has. */
export class Session implements AsyncDisposable {
  readonly #journal: Journal;
  readonly #lock: RunLock;
  readonly #options: SessionOptions;
  /** Which session of the run it is, from 1. */
  readonly number: number;
  readonly #taskIds: ReadonlyMap<string, number>;
  readonly #kept = new Map<string, KeptJobs>();
  readonly #files: ReadonlyMap<string, SeenFiles>;
  readonly #recorder: Recorder;
  /** How many inputs tasks have, as far as it is known. */
  readonly #inputs = new Map<string, number>();
  /** What there was when it began. */
  readonly before: Before;
  /** How it ended: with all its jobs, or halted before. NULL in the journal is neither. */
  #how?: "ended" | "halted";
  /** Jobs that are kept and have no input, of sources that ought to have them: the run has not ended. */
  readonly unmet: Unmet[] = [];

  private constructor(journal: Journal, lock: RunLock, options: SessionOptions) {
    this.#journal = journal;
    this.#lock = lock;
    this.#options = options;
    const { onFailure, tasks } = options;
    const [number, ids, before] = journal.transact(() => {
      removeOrphans(journal);
      const before = this.#lookBefore();
      const begin = journal.database.prepare("INSERT INTO sessions (started_at) VALUES (?)");
      const number = Number(begin.run(Date.now()).lastInsertRowid);
      const ids = tasks.map((task) => [task.name, this.#idOf(task, number)] as const);
      seal(journal.database);
      return [number, ids, before] as const;
    });
    this.number = number;
    this.before = before;
    for (const { name, count } of tasks) if (count !== undefined) this.#inputs.set(name, count);
    this.#say();
    this.#files = new Map(
      tasks.flatMap(({ name, filesOf }) =>
        filesOf ? [[name, new SeenFiles(filesOf)] as const] : []
      ),
    );
    this.#taskIds = new Map(ids);
    this.#recorder = new Recorder(journal, {
      session: number,
      taskIds: this.#taskIds,
      sawOf: (task, index) => this.#files.get(task)?.take(index),
      onFailure,
    });
  }

  /**
   * Begins a run.
   *
   * @param path Where its journal is to be; there is none yet.
   * @throws {Fault} Of kind `journal`, if it cannot be written.
   */
  static async begin(path: string, run: RunRecord, options: SessionOptions): Promise<Session> {
    return await Session.#open(path, options, () => Journal.create(path, run));
  }

  /**
   * Goes on with a run.
   *
   * @throws {Fault} Of kind `journal`, if it cannot be read, or another program is at it.
   */
  static async resume(path: string, options: SessionOptions): Promise<Session> {
    return await Session.#open(path, options, () => {
      keepPrivate(path);
      return Journal.open(path);
    });
  }

  static async #open(
    path: string,
    options: SessionOptions,
    open: () => Promise<Journal>,
  ): Promise<Session> {
    using held = new DisposableStack();
    const lock = held.use(new RunLock(path));
    const journal = held.use(await open());
    const session = within(
      `Cannot write to the journal "${path}"`,
      () => new Session(journal, lock, options),
    );
    held.move();
    return session;
  }

  /** What is known of the jobs of a task from sessions before; nothing if there were none, and no files to look at. */
  keptOf(task: string): PriorOutcomes | undefined {
    const kept = this.#keptBefore(task);
    const files = this.#files.get(task);
    if (!files) return kept;
    return {
      find: (first, inputs) => {
        const found = kept?.find(first, inputs) ?? new Map<number, PriorOutcome>();
        for (const [offset, input] of inputs.entries()) {
          if (!found.has(offset)) files.note(first + offset, input);
        }
        return found;
      },
    };
  }

  #keptBefore(task: string): KeptJobs | undefined {
    const id = this.#taskIds.get(task);
    if (this.number === 1 || id === undefined) return undefined;
    const files = this.#files.get(task);
    const options: KeptJobsOptions = {
      repeatsFailed: this.#options.repeatsFailed,
      dependsOnIndex: this.#recordOf(task)?.dependsOnIndex ?? false,
      ...files && { isAsSeen: (saw, input) => files.changedSince(saw, input).length === 0 },
    };
    const kept = this.#reading(() => new KeptJobs(this.#journal, { id, name: task }, options));
    this.#kept.set(task, kept);
    return kept;
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "task-halted") this.#how = "halted";
    if (event.kind === "task-ended" && this.#how !== "halted") {
      this.#met(event);
      this.#inputs.set(event.task.name, sumOf(event.counts));
      this.#say();
    }
    if (event.kind === "run-ended" && this.unmet.length === 0) this.#how ??= "ended";
    this.#recorder.onEvent(event);
  }

  /** Whether a task reads stdin, and not all that it read there is kept: to go on, it has to read the same again. */
  get awaitsStdin(): boolean {
    this.#recorder.flush();
    const { database } = this.#journal;
    return this.#options.tasks.some(({ name, reads }) => {
      const id = this.#taskIds.get(name);
      return reads === "stdin" && id !== undefined &&
        !this.#reading(() => hasAllInputs(database, id));
    });
  }

  /**
   * The inputs that a task had, for a source that gives none any more; none, if not all of them are known. Nothing
   * for a source that can have none only because somebody took them out.
   *
   * @throws {Fault} Of kind `journal`, if it cannot be read.
   */
  inputsOf(task: string): (() => Iterable<unknown>) | undefined {
    const id = this.#taskIds.get(task);
    const reads = this.#recordOf(task)?.reads;
    if (this.number === 1 || id === undefined || reads === undefined) return undefined;
    const { database } = this.#journal;
    return () =>
      this.#reading(() => hasAllInputs(database, id))
        ? keptOutcomes(database, { id, name: task }).map(({ input }) => input)
        : [];
  }

  /** All inputs of a task have been met. What was behind the last has no place among them; it is still found there. */
  #met({ task: { name }, counts }: TaskEnded): void {
    const id = this.#taskIds.get(name);
    if (id === undefined) return;
    const { database } = this.#journal;
    const count = sumOf(counts);
    const isUnmet = this.number > 1 && this.#lookForUnmet(name, count);
    this.#journal.change(() => {
      if (!isUnmet) {
        database.prepare("UPDATE tasks SET inputs = ? WHERE id = ?").run(count, id);
        seal(database);
      }
      const unplace = `${UNPLACE} id >= ? AND id < ?`;
      if (this.number > 1) database.prepare(unplace).run(id * PLACES + count, (id + 1) * PLACES);
    });
  }

  /** Whether jobs of a task are kept of which no input was met, though nobody has taken them out. */
  #lookForUnmet(name: string, count: number): boolean {
    const { database } = this.#journal;
    const left = this.#kept.get(name)?.left ?? 0;
    // Without inputs it may not even be known that it is the same task.
    const jobs = count > 0 ? left : this.#reading(() =>
      Number(
        database.prepare(`SELECT count(*) AS count FROM jobs
        WHERE task IN (SELECT id FROM tasks WHERE name = ?)`).get(name)?.count,
      )
    );
    if (jobs === 0) return false;
    // What a damaged file hides is not found either.
    const found = this.#reading(() => database.prepare("PRAGMA quick_check(1)").get());
    if (found?.quick_check !== "ok") throw damaged(database, String(found?.quick_check));
    const reads = this.#recordOf(name)?.reads;
    if (reads === undefined) return false;
    this.unmet.push({ task: name, jobs, reads, isEmpty: count === 0 });
    return true;
  }

  #recordOf(name: string): TaskRecord | undefined {
    return this.#options.tasks.find((task) => task.name === name);
  }

  #reading<T>(read: () => T): T {
    return within(`Cannot read the journal "${this.#journal.path}"`, read);
  }

  /** Resolves when all is written. */
  end(): Promise<void> {
    this.#recorder.flush();
    // It has been told, and the run can be resumed as if it had been cut off.
    if (this.#recorder.hasFailed) return Promise.resolve();
    const { database } = this.#journal;
    this.#journal.transact(() => {
      database.prepare("UPDATE sessions SET ended_at = ?, how = ? WHERE id = ?")
        .run(Date.now(), this.#how ?? null, this.number);
      seal(database);
    });
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#journal[Symbol.dispose]();
    this.#lock[Symbol.dispose]();
    return Promise.resolve();
  }

  /** Tells whoever looks how far it is to go. */
  #say(): void {
    const { repeatsFailed } = this.#options;
    this.#lock.say({ pid: Deno.pid, inputs: Object.fromEntries(this.#inputs), repeatsFailed });
  }

  #lookBefore(): Before {
    const { database, totals } = this.#journal;
    const digests = database.prepare("SELECT id, digest FROM tasks WHERE name = ?");
    const changed: string[] = [];
    let [jobs, done] = [0, 0];
    for (const { name, digest } of this.#options.tasks) {
      const known = digests.all(name);
      const same = known.find((task) => task.digest === digest);
      if (!same && known.length > 0) changed.push(name);
      const total = same && totals.of(Number(same.id));
      jobs += total?.jobs ?? 0;
      done += total?.done ?? 0;
    }
    return { jobs, notWell: jobs - done, changed };
  }

  /** The id of a task: that of before, if it still does the same. */
  #idOf({ name, digest, fingerprint }: TaskRecord, session: number): number {
    const { database } = this.#journal;
    const known = idOfTask(database, name, digest);
    if (known !== undefined) {
      database.prepare("UPDATE tasks SET session = ? WHERE id = ?").run(session, known);
      return known;
    }
    const { lastInsertRowid } = database
      .prepare("INSERT INTO tasks (name, digest, fingerprint, session) VALUES (?, ?, ?, ?)")
      .run(name, digest, fingerprint, session);
    return Number(lastInsertRowid);
  }
}

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
