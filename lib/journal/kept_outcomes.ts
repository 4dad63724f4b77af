/**
 * Outcomes as a journal has them.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { isErrorRecord } from "../errors/error_record.ts";
import type { ErrorRecord, Outcome } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { checkRow, type EndedRow, type KnownTask, type SummedRow, taskRows } from "./checks.ts";
import { type Column, fromColumn } from "./column.ts";
import { damaged, hasSums, readingFrom } from "./database.ts";
import { NOT_KEPT, outputOf, tellsApart, wholeColumn } from "./record.ts";
import type { KeptRun } from "./kept_run.ts";
import { placesOf } from "./tables.ts";

/** How many rows are read at a time: each may be as long as what a job wrote. */
const ROWS = 100;

interface Row extends EndedRow {
  readonly idx: number;
  readonly input: Column;
}

/**
 * The outcomes of the jobs of a task, in the order of their inputs; each with its output. A run that is under way
 * is not held up by a slow reader: between two reads of the journal nothing of it is held.
 *
 * @throws {Fault} Of kind `journal`, behind those that are what was written.
 */
export function* keptOutcomes(
  database: DatabaseSync,
  task: KnownTask,
  { onlyFailed = false }: { readonly onlyFailed?: boolean } = {},
): Generator<Outcome> {
  const rows = taskRows<Row>(database, task, { onlyFailed, atOnce: ROWS, idOf: ({ id }) => id });
  for (const row of rows) yield outcomeOf(database, task.name, row);
}

/** The outcome of one job, by its id; nothing if there is none. */
export function keptOutcome(database: DatabaseSync, task: string, id: number): Outcome | undefined {
  const one = "SELECT * FROM jobs WHERE id = ?";
  const row = readingFrom(database, () => database.prepare(one).get(id));
  return row && outcomeOf(database, task, row as unknown as Row);
}

function outcomeOf(database: DatabaseSync, task: string, row: Row): Outcome {
  checkRow(database, task, row);
  const { id, kind, attempts, slot } = row;
  const valueOf = (what: "input" | "value" | "error") => {
    const value = valueIn(wholeColumn(database, row, what));
    if (value && (what !== "error" || isErrorRecord(value.found))) return value.found;
    const job = id < 0 ? "a job" : `job ${jobNumber(row.idx)}`;
    throw damaged(database, `the ${what} of ${job} of task "${task}" cannot be read`);
  };
  const output = outputOf(database, row);
  const common = {
    task,
    index: row.idx,
    input: valueOf("input"),
    attempts,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    slot,
    pid: row.pid ?? undefined,
    ...output && { output },
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

/** A job that has ended, whichever way. */
export interface KeptInput {
  readonly input: unknown;
  /** The fingerprint of its task at that time, as JSON. */
  readonly fingerprint: string;
}

/** What a journal knows of a job. */
type FoundInput =
  | { readonly kind: "found"; readonly job: KeptInput }
  | { readonly kind: "no-task"; readonly names: readonly string[] }
  | { readonly kind: "no-job" }
  /** Its input can be kept by nothing, a class with private fields for example. */
  | { readonly kind: "no-input" };

/**
 * The input of a job, from the latest session that knows it.
 *
 * @param index Position in the inputs, from 0.
 * @throws {Fault} Of kind `journal`, if it is not what was written.
 */
export function keptInput(
  { database, tasks }: Pick<KeptRun, "database" | "tasks">,
  task: string,
  index: number,
): FoundInput {
  const names = database.prepare("SELECT DISTINCT name FROM tasks ORDER BY id").all()
    .map(({ name }) => String(name));
  if (!names.includes(task)) return { kind: "no-task", names };
  const row = database.prepare(`SELECT jobs.*, fingerprint
    FROM jobs JOIN tasks ON jobs.task = tasks.id WHERE tasks.name = ? AND idx = ?
    ORDER BY tasks.session DESC, tasks.id DESC LIMIT 1`).get(task, index);
  if (!row) {
    // It may be that its place was changed.
    for (const each of tasks) for (const _ of keptOutcomes(database, each));
    return { kind: "no-job" };
  }
  checkRow(database, task, row as unknown as SummedRow);
  const column = wholeColumn(database, row as unknown as SummedRow, "input");
  if (!tellsApart(column)) return { kind: "no-input" };
  return {
    kind: "found",
    job: { input: fromColumn(column), fingerprint: String(row.fingerprint) },
  };
}

/** How many inputs a task has; nothing while not all of them were met. */
export function metInputs(database: DatabaseSync, task: number): number | undefined {
  // The first journals had no such column.
  if (!hasSums(database)) return undefined;
  const one = "SELECT inputs FROM tasks WHERE id = ?";
  const inputs = readingFrom(database, () => database.prepare(one).get(task)?.inputs);
  return inputs === null || inputs === undefined ? undefined : Number(inputs);
}

/** Whether a journal has every input of a task: all of them were met, each job has ended, and is kept. */
export function hasAllInputs(database: DatabaseSync, task: number): boolean {
  const inputs = metInputs(database, task) ?? 0;
  const count = database.prepare(`SELECT count(*) AS count FROM jobs
    WHERE id >= ? AND id < ? AND idx IS NOT NULL AND substr(input, 1, ${NOT_KEPT.length}) IS NOT '${NOT_KEPT}'`);
  return inputs > 0 && count.get(...placesOf(task))?.count === inputs;
}
