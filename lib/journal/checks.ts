/**
 * Whether jobs in a journal are what was written, and as many.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { Outcome } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import type { Column } from "./column.ts";
import { damaged, hasSums, inArrays, prepared, readingFrom } from "./database.ts";
import {
  isPlaceOf,
  type NamedRow,
  type Short,
  shortOf,
  shortSum,
  sumOf,
  sumOfRow,
} from "./sums.ts";
import { PLACES, placesOf, type SqlValue } from "./tables.ts";

/** A job with the sum that was written. */
export type SummedRow = NamedRow & { readonly sum: number };

/** How a job has ended, with what it wrote, as its row says it. */
export interface EndedRow extends SummedRow {
  readonly kind: Exclude<Outcome["kind"], "cancelled">;
  readonly value: Column;
  readonly error: Column;
  readonly attempts: number;
  readonly started_at: number;
  readonly duration_ms: number;
  readonly slot: number;
  readonly pid: number | null;
  readonly stdout: Uint8Array | null;
  readonly stderr: Uint8Array | null;
  readonly large: number;
}

/** @throws {Fault} Of kind `journal`, if a job is not what was written, or something of it is missing. */
export function checkRow(database: DatabaseSync, task: string, row: SummedRow): void {
  if (!hasSums(database)) return;
  if (sumOfRow(row) !== row.sum) throw notWritten(database, task, row.id);
  if (row.large !== 0) checkPieces(database, task, row);
}

/** @throws {Fault} Of kind `journal`, if what a job came to is not what was written. */
export function checkShort(
  database: DatabaseSync,
  task: string,
  id: number,
  idx: number | null,
  short: Short,
  sum: number,
): void {
  if (!hasSums(database)) return;
  if (!isPlaceOf(id, idx) || shortSum(id, idx !== null, short) !== shortOf(sum)) {
    throw notWritten(database, task, id);
  }
}

/** A task as a journal has it. */
export interface KnownTask {
  readonly id: number;
  readonly name: string;
  /** How many of its jobs have a place, and are to be there; not known while there may be more. */
  readonly total?: Total;
}

/** How the rows of a task are read. */
export interface TaskRowsOptions<R> {
  /** @default all, by their names */
  readonly columns?: string;
  /** @default false */
  readonly onlyFailed?: boolean;
  /** How many rows are read at a time. */
  readonly atOnce: number;
  /** The id in a row, which comes as an array where it is not read by its name. */
  readonly idOf: (row: R) => number;
}

/**
 * The rows of the jobs of a task, by their ids. Between two reads nothing of the journal is held.
 *
 * @throws {Fault} Of kind `journal`, behind the last row, if there are fewer than were written.
 */
export function* taskRows<R>(
  database: DatabaseSync,
  task: KnownTask,
  { columns, onlyFailed = false, atOnce, idOf }: TaskRowsOptions<R>,
): Generator<R> {
  const next = database.prepare(
    `SELECT ${columns ?? "*"} FROM jobs WHERE id >= ? AND id < ? ${
      onlyFailed ? "AND kind <> 'done'" : ""
    } ORDER BY id LIMIT ${atOnce}`,
  );
  if (columns) inArrays(next);
  let [from, to] = placesOf(task.id);
  let found = 0;
  for (;;) {
    const rows = readingFrom(database, () => next.all(from, to)) as unknown as R[];
    yield* rows;
    found += rows.length;
    const last = rows.at(-1);
    if (!last) break;
    from = idOf(last) + 1;
  }
  if (!task.total) return;
  const { jobs, done } = task.total;
  const wanted = onlyFailed ? jobs - done : jobs;
  if (found === wanted) return;
  const now = placedTotal(database, task.id);
  // Somebody may have gone on with the run meanwhile.
  if (now.jobs !== jobs || now.done !== done) return;
  throw damaged(database, `found ${found} jobs of task "${task.name}", wanted ${wanted}`);
}

/** That a job is not what was written. */
export function notWritten(database: DatabaseSync, task: string, id: number) {
  const job = id < 0 ? "a job" : `job ${jobNumber(id % PLACES)}`;
  return damaged(database, `${job} of task "${task}" is not what was written`);
}

/** What the pieces say is looked at when they are read. */
function checkPieces(database: DatabaseSync, task: string, { id, large }: SummedRow): void {
  const query = "SELECT count(*) AS count FROM pieces WHERE job = ?";
  const count = readingFrom(database, () => prepared(database, query).get(id));
  if (count?.count !== large) throw notWritten(database, task, id);
}

/** What is under the seal: each row of each query. The tables themselves are, for a name that changed hides a column. */
const SEALED = [
  "SELECT id, version, folder, origin, argv FROM run",
  "SELECT id, started_at, ended_at, how FROM sessions ORDER BY id",
  "SELECT id, name, digest, fingerprint, session, inputs FROM tasks ORDER BY id",
  `SELECT name, sql FROM sqlite_schema WHERE name IN
    ('run', 'sessions', 'tasks', 'jobs', 'pieces', 'totals', 'seal') ORDER BY name`,
];

/** Has the seal say what there is now, in the transaction of what has changed it. */
export function seal(database: DatabaseSync): void {
  database.prepare("INSERT OR REPLACE INTO seal VALUES (1, ?)").run(sumNow(database));
}

/** @throws {Fault} Of kind `journal`, if a journal does not say what was written. */
export function checkSeal(database: DatabaseSync): void {
  const found = database.prepare("SELECT sum FROM seal WHERE id = 1").get();
  if (found?.sum !== sumNow(database)) {
    throw damaged(database, "what it says of its run is not what was written");
  }
}

function sumNow(database: DatabaseSync): number {
  return sumOf(SEALED.map((query) => {
    const rows = database.prepare(query).all() as Record<string, SqlValue>[];
    return sumOf(rows.flatMap((row) => Object.values(row)));
  }));
}

/** How many jobs of a task are kept, and how many of them are done. */
export interface Total {
  readonly jobs: number;
  readonly done: number;
}

const NONE: Total = { jobs: 0, done: 0 };

/** The totals of a journal that is written. */
export class Totals {
  readonly #database: DatabaseSync;
  readonly #known: Map<number, Total>;
  readonly #changed = new Set<number>();

  constructor(database: DatabaseSync, known: ReadonlyMap<number, Total>) {
    this.#database = database;
    this.#known = new Map(known);
  }

  /** That of a task, by its id. */
  of(task: number): Total {
    return this.#known.get(task) ?? NONE;
  }

  /** There are so many jobs more, or less. */
  add(task: number, jobs: number, done: number): void {
    const before = this.of(task);
    this.#known.set(task, { jobs: before.jobs + jobs, done: before.done + done });
    this.#changed.add(task);
  }

  /** Writes what has changed, in the transaction of what has changed it. */
  write(): void {
    for (const task of this.#changed) {
      const { jobs, done } = this.of(task);
      prepared(this.#database, "INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?)")
        .run(task, jobs, done, sumOf([task, jobs, done]));
    }
    this.#changed.clear();
  }
}

/**
 * The total of a task of which only the jobs that have a place count; the ids of others are below zero.
 *
 * @throws {Fault} Of kind `journal`, if it is not what was written.
 */
export function placedTotal(database: DatabaseSync, task: number): Total {
  const row = readingFrom(database, () => prepared(database, `${TOTALS} WHERE task = ?`).get(task));
  const { jobs, done } = row ? totalIn(database, row) : NONE;
  const placeless = countIn(database, 1 - (task + 1) * PLACES, 1 - task * PLACES);
  return { jobs: jobs - placeless.jobs, done: done - placeless.done };
}

/** How many jobs there are with ids from the one to below the other. */
export function countIn(database: DatabaseSync, from: number, to: number): Total {
  const count = `SELECT count(*) AS jobs, count(*) FILTER (WHERE kind = 'done') AS done FROM jobs
    WHERE id >= ? AND id < ?`;
  const row = readingFrom(database, () => prepared(database, count).get(from, to));
  return { jobs: Number(row?.jobs), done: Number(row?.done) };
}

const TOTALS = "SELECT task, jobs, done, sum FROM totals";

function totalIn(database: DatabaseSync, row: Record<string, unknown>): Total {
  const { task, jobs, done, sum } = row as Record<string, number>;
  if (sumOf([task, jobs, done] as number[]) !== sum) {
    throw damaged(database, "its numbers of jobs are not what was written");
  }
  return { jobs: jobs as number, done: done as number };
}

/**
 * The totals of a journal, by the ids of tasks.
 *
 * @throws {Fault} Of kind `journal`, if there are not as many jobs.
 */
export function totalsIn(database: DatabaseSync): ReadonlyMap<number, Total> {
  const totals = new Map<number, Total>();
  let wanted = 0;
  for (const row of database.prepare(TOTALS).all()) {
    const total = totalIn(database, row);
    totals.set(Number(row.task), total);
    wanted += total.jobs;
  }
  const found = Number(database.prepare("SELECT count(*) AS count FROM jobs").get()?.count);
  if (found !== wanted) {
    throw damaged(database, `found ${found} jobs, wanted ${wanted}`);
  }
  return totals;
}
