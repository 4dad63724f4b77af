/**
 * The sums of jobs of which all columns are known.
 *
 * @module
 */

import { type Cell, PLACES, type Row } from "./tables.ts";
import { aboutSum, joinedSum, shortSum } from "./sums.ts";

/** A job as a query gives it, with all its columns. */
export interface NamedRow {
  readonly id: number;
  readonly task: number;
  readonly idx: number | null;
  readonly input: Cell;
  readonly digest: Cell;
  readonly kind: Cell;
  readonly value: Cell;
  readonly error: Cell;
  readonly attempts: Cell;
  readonly started_at: Cell;
  readonly duration_ms: Cell;
  readonly slot: Cell;
  readonly pid: Cell;
  readonly stdout: Cell;
  readonly stderr: Cell;
  readonly large: Cell;
  readonly saw: Cell;
}

/** The sum of a job, of which all columns are given in their order. */
export function rowSum(row: Row): number {
  const [id, task, idx, input, digest, kind, value, error, attempts, ...rest] = row as RowOfAll;
  const [started_at, duration_ms, slot, pid, stdout, stderr, large, , saw = null] = rest;
  return sumOfRow({
    ...{ id, task, idx, input, digest, kind, value, error, attempts },
    ...{ started_at, duration_ms, slot, pid, stdout, stderr, large, saw },
  });
}

type RowOfAll = readonly [
  id: number,
  task: number,
  idx: number | null,
  ...[input: Cell, digest: Cell, kind: Cell, value: Cell, error: Cell, attempts: Cell],
  ...[startedAt: Cell, durationMs: Cell, slot: Cell, pid: Cell, stdout: Cell, stderr: Cell],
  ...[large: Cell, session: Cell, saw?: Cell],
];

/** The sum of a job; of one with another place than its id has, it is none. */
export function sumOfRow(row: NamedRow): number {
  const { id, task, idx, kind, attempts, started_at, duration_ms, slot, pid, large } = row;
  if (!isPlaceOf(id, idx)) return NaN;
  const short = [task, kind, attempts, started_at, duration_ms, slot, pid, large] as const;
  const { input, value, error, digest, stdout, stderr, saw } = row;
  return joinedSum(
    aboutSum(input, value, [error, digest, stdout, stderr, saw]),
    shortSum(id, idx !== null, short),
  );
}

/** Whether a job with this id can have this place among the inputs; one with none has lost it. */
export function isPlaceOf(id: number, idx: number | null): boolean {
  return idx === null || idx === id % PLACES;
}
