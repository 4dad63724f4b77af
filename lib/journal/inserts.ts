/**
 * Rows of jobs on their way into a journal.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { COLUMNS, PLACES, PLAIN_COLUMNS } from "./schema.ts";

/** What a value in a row may be. */
export type Cell = string | number | Uint8Array | null;

/** The values of a row, in the order of its columns. */
export type Row = readonly Cell[];

/** How rows are given: with all `COLUMNS`, or only with `PLAIN_COLUMNS`. */
export type Shape = "full" | "plain";

/** How many rows one statement writes: each costs half as much then. */
const ROWS = 50;

/** Writes rows of one shape; each takes the place of one with its id. */
export class Inserts {
  readonly #database: DatabaseSync;
  readonly #shape: Shape;
  readonly #width: number;
  #one?: StatementSync;
  #many?: StatementSync;

  constructor(database: DatabaseSync, shape: Shape) {
    this.#database = database;
    this.#shape = shape;
    this.#width = (shape === "full" ? COLUMNS : PLAIN_COLUMNS).length;
  }

  /** Writes rows, one after another. */
  write(rows: readonly Row[]): void {
    const rest = rows.length % ROWS;
    for (const row of rows.slice(0, rest)) {
      this.#one ??= this.#prepare(1);
      this.#one.run(...row);
    }
    if (rest < rows.length) this.#writeMany(rows.slice(rest));
  }

  /** @param rows As many as some statements write. */
  #writeMany(rows: readonly Row[]): void {
    this.#many ??= this.#prepare(ROWS);
    const cells = Array<Cell>(this.#width * ROWS).fill(null);
    for (let at = 0; at < rows.length; at += ROWS) {
      let end = 0;
      for (let i = at; i < at + ROWS; i++) {
        for (const cell of rows[i] as Row) cells[end++] = cell;
      }
      this.#many.run(...cells);
    }
  }

  #prepare(rows: number): StatementSync {
    const row = `(${Array(this.#width).fill("?").join(",")})`;
    const values = `VALUES ${Array(rows).fill(row).join(",")}`;
    return this.#database.prepare(this.#shape === "full" ? full(values) : plain(values));
  }
}

function full(values: string): string {
  return `INSERT OR REPLACE INTO jobs (${COLUMNS.join(",")}) ${values}`;
}

/** Parameters cost more than all else, so those that can be told from others, or are always the same, are none. */
function plain(values: string): string {
  const given = PLAIN_COLUMNS.map((_, i) => `column${i + 1}`).join(",");
  // What is no 32-bit number is given to SQLite as a floating-point one.
  const id = `CAST(column${PLAIN_COLUMNS.indexOf("id") + 1} AS INTEGER)`;
  return `INSERT OR REPLACE INTO jobs
    (${PLAIN_COLUMNS.join(",")}, task, idx, kind, attempts, large, session)
    SELECT ${given}, ${id} / ${PLACES}, ${id} % ${PLACES}, 'done', 1, 0, (SELECT max(id) FROM sessions)
    FROM (${values})`;
}
