/**
 * How many jobs a journal has of each task.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { damaged, prepared, readingFrom } from "./database.ts";
import { PLACES } from "./tables.ts";
import { sumOf } from "./sums.ts";

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
