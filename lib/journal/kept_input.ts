/**
 * One job of a journal, as far as it is needed to do it again.
 *
 * @module
 */

import { checkRow, type SummedRow } from "./checked.ts";
import { type Column, fromColumn } from "./column.ts";
import { keptOutcomes } from "./kept_outcomes.ts";
import type { KeptRun } from "./kept_run.ts";
import { columnFromPieces } from "./pieces.ts";
import { tellsApart } from "./record.ts";

/** A job that has ended, whichever way. */
export interface KeptInput {
  readonly input: unknown;
  /** The fingerprint of its task at that time, as JSON. */
  readonly fingerprint: string;
}

/** What a journal knows of a job. */
export type FoundInput =
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
  const long = row.large ? columnFromPieces(database, Number(row.id), "input") : null;
  const column = row.input as Column ?? long;
  if (!tellsApart(column)) return { kind: "no-input" };
  return {
    kind: "found",
    job: { input: fromColumn(column), fingerprint: String(row.fingerprint) },
  };
}
