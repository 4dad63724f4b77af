/**
 * The inputs of a task as a journal has them, for a source that has none any more.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { keptOutcomes } from "./kept_outcomes.ts";
import { placesOf } from "./kept_run.ts";
import { NOT_KEPT } from "./record.ts";

/** A task whose inputs are asked for. */
export interface MetTask {
  readonly id: number;
  readonly name: string;
}

/** Whether a journal has every input of a task: all of them were met, each job has ended, and is kept. */
export function hasAllInputs(database: DatabaseSync, { id }: MetTask): boolean {
  const inputs = database.prepare("SELECT inputs FROM tasks WHERE id = ?").get(id)?.inputs ?? 0;
  const count = database.prepare(`SELECT count(*) AS count FROM jobs
    WHERE id >= ? AND id < ? AND idx IS NOT NULL AND substr(input, 1, ${NOT_KEPT.length}) IS NOT '${NOT_KEPT}'`);
  return Number(inputs) > 0 && count.get(...placesOf(id))?.count === inputs;
}

/** The inputs in their order; nothing of the journal is held between two of them. */
export function* keptInputs(database: DatabaseSync, task: MetTask): Generator<unknown> {
  for (const { input } of keptOutcomes(database, task)) yield input;
}
