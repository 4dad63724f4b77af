/**
 * Journals that were written before there were sums.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { type NamedRow, pieceSum, sumOfRow } from "./sums.ts";
import { SUM_TABLES, VERSION } from "./tables.ts";
import { seal, Totals } from "./checks.ts";

/** How many rows are read at a time: each may be as long as what a job wrote. */
const ROWS = 100;

/** Makes of a journal of the first version one of this, with sums of what it has; as a whole, or not at all. */
export function upgrade(database: DatabaseSync): void {
  database.exec(`BEGIN IMMEDIATE; ${SUM_TABLES}
    ALTER TABLE tasks ADD COLUMN inputs INTEGER;
    ALTER TABLE jobs ADD COLUMN saw TEXT;
    ALTER TABLE jobs ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE pieces ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    UPDATE jobs SET large = (SELECT count(*) FROM pieces WHERE job = jobs.id) WHERE large > 0;
    PRAGMA user_version = ${VERSION}`);
  try {
    sumJobs(database);
    sumPieces(database);
    seal(database);
    database.exec("COMMIT");
  } catch (thrown) {
    database.exec("ROLLBACK");
    throw thrown;
  }
}

function sumJobs(database: DatabaseSync): void {
  const totals = new Totals(database, new Map());
  const next = database.prepare(`SELECT * FROM jobs WHERE id > ? ORDER BY id LIMIT ${ROWS}`);
  const write = database.prepare("UPDATE jobs SET sum = ? WHERE id = ?");
  for (let last = Number.MIN_SAFE_INTEGER;;) {
    const rows = next.all(last) as unknown as NamedRow[];
    for (const row of rows) {
      write.run(sumOfRow(row), row.id);
      totals.add(row.task, 1, row.kind === "done" ? 1 : 0);
      last = row.id;
    }
    if (rows.length === 0) break;
  }
  totals.write();
}

function sumPieces(database: DatabaseSync): void {
  const write = database.prepare(
    "UPDATE pieces SET sum = ? WHERE job = ? AND what = ? AND seq = ?",
  );
  const read = database.prepare("SELECT bytes FROM pieces WHERE job = ? AND what = ? AND seq = ?");
  for (const piece of database.prepare("SELECT job, what, seq FROM pieces").all()) {
    const { job, what, seq } = piece as { job: number; what: string; seq: number };
    const bytes = read.get(job, what, seq)?.bytes as Uint8Array;
    write.run(pieceSum(job, what, seq, bytes), job, what, seq);
  }
}
