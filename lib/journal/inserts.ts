/**
 * Rows of jobs on their way into a journal.
 *
 * @module
 */

import { isError } from "../fault.ts";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { prepared } from "./database.ts";
import { plainSum, rowSum } from "./sums.ts";
import { COLUMNS, PLACES, PLAIN_COLUMNS, type Row, type Shape, type SqlValue } from "./tables.ts";
import type { Totals } from "./totals.ts";

/** How many rows one statement writes: each costs half as much then. */
const ROWS = 50;

/** The columns that are written in each shape. */
const WRITTEN = { full: [...COLUMNS, "saw", "sum"], plain: [...PLAIN_COLUMNS, "sum"] };

/** Where the id, the task and the kind of a job stand in a row. */
const [ID, TASK, KIND] = [COLUMNS.indexOf("id"), COLUMNS.indexOf("task"), COLUMNS.indexOf("kind")];

/** Writes rows of one shape; each takes the place of one with its id. */
export class Inserts {
  readonly #database: DatabaseSync;
  readonly #totals: Totals;
  readonly #shape: Shape;
  readonly #width: number;
  #one?: StatementSync;
  #many?: StatementSync;

  constructor(database: DatabaseSync, shape: Shape, totals: Totals) {
    this.#database = database;
    this.#totals = totals;
    this.#shape = shape;
    this.#width = WRITTEN[shape].length;
  }

  /** Writes rows, one after another, in a transaction. */
  write(rows: readonly Row[]): void {
    const rest = rows.length % ROWS;
    for (const row of rows.slice(0, rest)) this.#insert([row], this.#one ??= this.#prepare(1));
    for (let at = rest; at < rows.length; at += ROWS) {
      this.#insert(rows.slice(at, at + ROWS), this.#many ??= this.#prepare(ROWS));
    }
  }

  /** @param statement One that writes so many rows. */
  #insert(rows: readonly Row[], statement: StatementSync): void {
    const cells = Array<SqlValue>(this.#width * rows.length).fill(null);
    for (let i = 0; i < rows.length; i++) this.#put(rows[i] as Row, cells, i * this.#width);
    try {
      statement.run(...cells);
    } catch (thrown) {
      if (!isTaken(thrown)) throw thrown;
      this.#replace(rows);
    }
    this.#count(rows);
  }

  /** Puts the cells of a row, and their sum, from this one on. */
  #put(row: Row, cells: SqlValue[], at: number): void {
    for (let i = 0; i < row.length; i++) cells[at + i] = row[i] as SqlValue;
    cells[at + this.#width - 1] = this.#shape === "plain" ? plainRowSum(row) : rowSum(row);
  }

  /** Those of one task that stand together are counted at once. */
  #count(rows: readonly Row[]): void {
    const isPlain = this.#shape === "plain";
    const taskOf = (row: Row) =>
      isPlain ? Math.floor(row[ID] as number / PLACES) : row[TASK] as number;
    for (let at = 0, end = 0; at < rows.length; at = end) {
      const task = taskOf(rows[at] as Row);
      let done = 0;
      for (; end < rows.length && taskOf(rows[end] as Row) === task; end++) {
        if (isPlain || rows[end]?.[KIND] === "done") done++;
      }
      this.#totals.add(task, end - at, done);
    }
  }

  /** Rows one by one, of which some have the ids of others. */
  #replace(rows: readonly Row[]): void {
    const one = this.#one ??= this.#prepare(1);
    const removed = prepared(
      this.#database,
      "DELETE FROM jobs WHERE id = ? RETURNING task, kind = 'done' AS done",
    );
    for (const row of rows) {
      const cells = Array<SqlValue>(this.#width).fill(null);
      const before = removed.get(row[ID] as number);
      if (before) this.#totals.add(Number(before.task), -1, -Number(before.done));
      this.#put(row, cells, 0);
      one.run(...cells);
    }
  }

  #prepare(rows: number): StatementSync {
    const row = `(${Array(this.#width).fill("?").join(",")})`;
    const values = `VALUES ${Array(rows).fill(row).join(",")}`;
    return this.#database.prepare(this.#shape === "full" ? full(values) : plain(values));
  }
}

/** Not spread, which would take as long as all the rest. */
function plainRowSum(row: Row): number {
  const at = (i: number) => row[i] as SqlValue;
  return plainSum(row[ID] as number, at(1), at(2), at(3), at(4), at(5), at(6));
}

function full(values: string): string {
  return `INSERT INTO jobs (${WRITTEN.full.join(",")}) ${values}`;
}

/** Parameters cost more than all else, so those that can be told from others, or are always the same, are none. */
function plain(values: string): string {
  const given = WRITTEN.plain.map((_, i) => `column${i + 1}`).join(",");
  // What is no 32-bit number is given to SQLite as a floating-point one.
  const id = `CAST(column${PLAIN_COLUMNS.indexOf("id") + 1} AS INTEGER)`;
  return `INSERT INTO jobs
    (${WRITTEN.plain.join(",")}, task, idx, kind, attempts, large, session)
    SELECT ${given}, ${id} / ${PLACES}, ${id} % ${PLACES}, 'done', 1, 0, (SELECT max(id) FROM sessions)
    FROM (${values})`;
}

/** SQLite looks for rows that are in the way at no cost only if it need not remove them. */
function isTaken(thrown: unknown): boolean {
  return isError(thrown) && /UNIQUE constraint failed: jobs\.id/.test(thrown.message);
}
