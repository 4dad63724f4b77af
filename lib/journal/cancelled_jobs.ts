/**
 * Jobs that were ended before they came to their end, and had written: what they wrote is kept, and they themselves
 * are not. They have no row, and count nowhere; all that is there of them are pieces, which the next session removes.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { isErrorRecord } from "../errors/error_record.ts";
import type { Outcome } from "../job.ts";
import type { KnownTask } from "./checks.ts";
import { fromColumn } from "./column.ts";
import { damaged, readingFrom } from "./database.ts";
import type { Journal } from "./journal.ts";
import { columnFromPieces, columnOf, outputOf, writePieces } from "./record.ts";
import { placesOf } from "./tables.ts";

/** How a job has ended that was cancelled. */
export type CancelledOutcome = Extract<Outcome, { readonly kind: "cancelled" }>;

/** The name of the piece that says how it has ended: those of jobs that are under way have none. */
const ENDING = "cancelled";

/** Has it written that a job was cancelled, of which pieces are there. */
export function writeCancelled(journal: Journal, id: number, outcome: CancelledOutcome): void {
  const { index, input, error, attempts, startedAt, durationMs, slot, pid } = outcome;
  const { name, message } = error;
  const ending = { error: { name, message }, attempts, startedAt, durationMs, slot, pid };
  writePieces(journal, id, ENDING, 0, JSON.stringify(ending));
  writePieces(journal, id, "input", 0, columnOf(input, index));
}

/**
 * The jobs of a task that were cancelled in its last session, in the order of their inputs, with what they wrote.
 *
 * @throws {Fault} Of kind `journal`, if they are not what was written.
 */
export function* cancelledJobs(database: DatabaseSync, task: KnownTask): Generator<Outcome> {
  const find = `SELECT DISTINCT job FROM pieces WHERE job >= ? AND job < ?
    AND what GLOB '${ENDING}*' AND job NOT IN (SELECT id FROM jobs) ORDER BY job`;
  const [first, end] = placesOf(task.id);
  const rows = readingFrom(database, () => database.prepare(find).all(first, end));
  for (const { job } of rows) {
    const id = Number(job);
    const ending = fromColumn(columnFromPieces(database, id, ENDING)) as Partial<CancelledOutcome>;
    const { error, attempts = 1 } = ending;
    if (!isErrorRecord(error)) {
      throw damaged(database, `how a job of task "${task.name}" was ended cannot be read`);
    }
    const input = fromColumn(columnFromPieces(database, id, "input"));
    const output = outputOf(database, { id, stdout: null, stderr: null, large: 1 });
    const which = { task: task.name, index: id - first, input };
    yield { ...ending, ...which, attempts, kind: "cancelled", error, output };
  }
}
