/**
 * Outcomes as a journal has them.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { ErrorRecord, Outcome } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { checkRow, type EndedRow, throwMissing } from "./checked.ts";
import { type Column, fromColumn } from "./column.ts";
import { damaged, reading } from "./damage.ts";
import { KeptOutput } from "./kept_output.ts";
import { type KeptTask, placesOf } from "./kept_run.ts";
import { columnFromPieces } from "./pieces.ts";

/** How many rows are read at a time: each may be as long as what a job wrote. */
const ROWS = 100;

interface Row extends EndedRow {
  readonly idx: number;
  readonly input: Column;
  readonly kind: Exclude<Outcome["kind"], "cancelled">;
}

/** Which outcomes are read. */
export interface KeptOutcomesOptions {
  /** Whether only those are that are not done. @default false */
  readonly onlyFailed?: boolean;
}

/**
 * The outcomes of the jobs of a task, in the order of their inputs; each with its output. A run that is under way
 * is not held up by a slow reader: between two reads of the journal nothing of it is held.
 *
 * @throws {Fault} Of kind `journal`, behind those that are what was written.
 */
export function* keptOutcomes(
  database: DatabaseSync,
  task: Pick<KeptTask, "id" | "name" | "total">,
  { onlyFailed = false }: KeptOutcomesOptions = {},
): Generator<Outcome> {
  const failed = onlyFailed ? "AND kind <> 'done'" : "";
  const next = database.prepare(
    `SELECT * FROM jobs WHERE id >= ? AND id < ? ${failed} ORDER BY id LIMIT ${ROWS}`,
  );
  let [from, to] = placesOf(task.id);
  let found = 0;
  for (;;) {
    const rows = reading(database, () => next.all(from, to)) as unknown as Row[];
    for (const row of rows) yield outcomeOf(database, task.name, row);
    found += rows.length;
    const last = rows.at(-1);
    if (!last) break;
    from = last.id + 1;
  }
  if (!task.total) return;
  const wanted = onlyFailed ? task.total.jobs - task.total.done : task.total.jobs;
  if (found !== wanted) throwMissing(database, task, found, wanted);
}

/** The outcome of one job, by its id; nothing if there is none. */
export function keptOutcome(
  database: DatabaseSync,
  task: string,
  id: number,
): Outcome | undefined {
  const row = reading(database, () => database.prepare("SELECT * FROM jobs WHERE id = ?").get(id));
  return row && outcomeOf(database, task, row as unknown as Row);
}

function outcomeOf(database: DatabaseSync, task: string, row: Row): Outcome {
  checkRow(database, task, row);
  const { id, kind, attempts, slot, stdout, stderr } = row;
  const valueOf = (what: "input" | "value" | "error") => {
    const column = row[what] ?? (row.large ? columnFromPieces(database, id, what) : null);
    const value = valueIn(column);
    if (value && (what !== "error" || isErrorRecord(value.found))) return value.found;
    const job = id < 0 ? "a job" : `job ${jobNumber(row.idx)}`;
    throw damaged(database, `the ${what} of ${job} of task "${task}" cannot be read`);
  };
  const hasOutput = stdout !== null || stderr !== null || row.large !== 0;
  const common = {
    task,
    index: row.idx,
    input: valueOf("input"),
    attempts,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    slot,
    pid: row.pid ?? undefined,
    ...(hasOutput ? { output: new KeptOutput(database, id, { stdout, stderr }) } : {}),
  };
  return kind === "done"
    ? { ...common, kind, value: valueOf("value") }
    : { ...common, kind, error: valueOf("error") as ErrorRecord };
}

/** What a column holds; nothing if it is none of ours, as in a journal that was made by hand. */
function valueIn(column: Column): { readonly found: unknown } | undefined {
  try {
    return { found: fromColumn(column) };
  } catch {
    return undefined;
  }
}

/** Whether all is there by which errors are told, and of its type. */
function isErrorRecord(value: unknown): value is ErrorRecord {
  if (typeof value !== "object" || value === null) return false;
  const { name, message, stack, cause, errors, fields }: Record<string, unknown> = { ...value };
  return typeof name === "string" && typeof message === "string" &&
    (stack === undefined || typeof stack === "string") &&
    (cause === undefined || isErrorRecord(cause)) &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isErrorRecord))) &&
    (fields === undefined || (typeof fields === "object" && fields !== null));
}
