/**
 * One job of a journal, as far as it is needed to do it again.
 *
 * @module
 */

import { type Column, fromColumn } from "./column.ts";
import type { KeptRun } from "./kept_run.ts";
import { columnFromPieces } from "./pieces.ts";
import { columnOf } from "./record.ts";

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
 */
export function keptInput(
  { database }: Pick<KeptRun, "database">,
  task: string,
  index: number,
): FoundInput {
  const names = database.prepare("SELECT DISTINCT name FROM tasks ORDER BY id").all()
    .map(({ name }) => String(name));
  if (!names.includes(task)) return { kind: "no-task", names };
  const row = database.prepare(`SELECT jobs.id AS id, input, large, fingerprint
    FROM jobs JOIN tasks ON jobs.task = tasks.id WHERE tasks.name = ? AND idx = ?
    ORDER BY tasks.session DESC, tasks.id DESC LIMIT 1`).get(task, index);
  if (!row) return { kind: "no-job" };
  const long = row.large ? columnFromPieces(database, Number(row.id), "input") : null;
  const column = row.input as Column ?? long;
  if (column === columnOf(Symbol(), index)) return { kind: "no-input" };
  return {
    kind: "found",
    job: { input: fromColumn(column), fingerprint: String(row.fingerprint) },
  };
}
