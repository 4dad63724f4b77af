/**
 * What tells that a journal says what was written.
 *
 * A disk, or a program that has no business there, can change a file so that SQLite finds nothing wrong. So each row
 * has a sum of what it says. It is no signature: who wants to can make another.
 *
 * @module
 */

import { type COLUMNS, PLACES, type Row, type SqlValue } from "./tables.ts";

/** The sum of a job has two halves, of so many values each: of how it ended in short, and of what it is about. */
const HALF: number = 2 ** 26;

const START = 0x811C9DC5 | 0;
const PRIME = 0x01000193;

/** What stands in a sum for each type, so that no value counts as one of another. */
const NOTHING = 1, NUMBER = 2, TEXT = 3, BYTES = 4;

const FLOAT = new Float64Array(1);
const WORDS = new Int32Array(FLOAT.buffer);

/** The sum of some values, as a 32-bit number. Each of them changes it, and so does their order. */
export function sumOf(cells: readonly SqlValue[]): number {
  let sum = START;
  for (const cell of cells) sum = added(sum, cell);
  return sum;
}

function added(sum: number, cell: SqlValue): number {
  if (typeof cell === "string") return addedText(sum, cell);
  if (typeof cell === "number") return addedNumber(sum, cell);
  return cell === null ? step(sum, NOTHING) : addedBytes(sum, cell);
}

/** Each value of a word gives another sum, which is why one that has changed is never missed. */
function step(sum: number, word: number): number {
  return Math.imul(sum ^ word, PRIME);
}

function addedNumber(sum: number, number: number): number {
  FLOAT[0] = number;
  return step(step(step(sum, NUMBER), WORDS[0] as number), WORDS[1] as number);
}

function addedText(sum: number, text: string): number {
  let more = step(step(sum, TEXT), text.length);
  for (let i = 0; i < text.length; i++) more = step(more, text.charCodeAt(i));
  return mixed(more);
}

function addedBytes(sum: number, bytes: Uint8Array): number {
  let more = step(step(sum, BYTES), bytes.length);
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    const low = (bytes[at] as number) | (bytes[at + 1] as number) << 8;
    const high = (bytes[at + 2] as number) << 16 | (bytes[at + 3] as number) << 24;
    more = mixed(step(more, low | high));
  }
  while (at < bytes.length) more = step(more, bytes[at++] as number);
  return mixed(more);
}

/** Has high bits, which a product keeps to itself, change the low ones; no two sums become one. */
function mixed(sum: number): number {
  return sum ^ sum >>> 15;
}

/** A sum as one half of another. */
function half(sum: number): number {
  return (sum ^ sum >>> 26) & (HALF - 1);
}

/** What of a sum tells that a job has no place among the inputs. */
const UNPLACED = 0x2AAAAAA;

/** What a job came to in short, in this order. */
export type Short = readonly [
  task: SqlValue,
  kind: SqlValue,
  attempts: SqlValue,
  startedAt: SqlValue,
  durationMs: SqlValue,
  slot: SqlValue,
  pid: SqlValue,
  large: SqlValue,
];

/** What stands for a job like most in the sum of what it came to. */
const PLAIN_START = sumOf(["done", 1, 0]);

/** The sum of a job like most, whose other columns say nothing. */
export function plainSum(
  id: number,
  input: SqlValue,
  value: SqlValue,
  startedAt: SqlValue,
  durationMs: SqlValue,
  slot: SqlValue,
  pid: SqlValue,
): number {
  let short = added(addedNumber(PLAIN_START, Math.floor(id / PLACES)), startedAt);
  short = added(added(added(short, durationMs), slot), pid);
  const about = added(added(START, input), value);
  return half(about) * HALF + (half(short) ^ placeSum(id, true));
}

/** The half of a job's sum that is of what it came to in short. */
export function shortSum(id: number, isPlaced: boolean, short: Short): number {
  // Attempts and whether there are pieces are told first: they are the same of most.
  let sum = added(added(added(START, short[1]), short[2]), short[7]);
  sum = added(added(sum, short[0]), short[3]);
  sum = added(added(added(sum, short[4]), short[5]), short[6]);
  return half(sum) ^ placeSum(id, isPlaced);
}

/**
 * The half of a job's sum that is of what it is about.
 *
 * @param others What most jobs have none of.
 */
function aboutSum(input: SqlValue, value: SqlValue, others: readonly SqlValue[]): number {
  let sum = added(added(START, input), value);
  for (const [i, other] of others.entries()) {
    if (other !== null) sum = added(step(sum, i + 1), other);
  }
  return half(sum);
}

/** The half of a sum that is of what a job came to in short. */
export function shortOf(sum: number): number {
  return sum % HALF;
}

/**
 * What of a sum tells the place of a job: taken out by an exclusive or with it, and put in again so. It leaves
 * the other half of the sum of a job as it is.
 */
export function placeSum(id: number, isPlaced: boolean): number {
  const sum = half(addedNumber(START, id));
  return isPlaced ? sum : sum ^ UNPLACED;
}

/** The sum of a piece of a job; its place in it stands there as in that of a job. */
export function pieceSum(job: number, what: string, seq: number, bytes: Uint8Array): number {
  return half(sumOf([what, seq, bytes])) ^ placeSum(job, true);
}

/** Has the job of an id, the second parameter, stand at a position, the first. */
export const PLACE = `UPDATE jobs SET idx = ?1,
  sum = CASE WHEN idx IS NULL THEN ${movedSum(String(UNPLACED))} ELSE sum END WHERE id = ?2`;

/** Has jobs stand nowhere among the inputs; to be followed by which. */
export const UNPLACE = `UPDATE jobs SET idx = NULL, sum = ${movedSum(String(UNPLACED))}
  WHERE idx IS NOT NULL AND`;

/** In SQL, an exclusive or: a sum of which another place is told. */
export function movedSum(parameter: string): string {
  return `(sum | ${parameter}) - (sum & ${parameter})`;
}

/** A job as a query gives it, with all its columns. */
export type NamedRow =
  & { readonly id: number; readonly task: number; readonly idx: number | null }
  & Readonly<Record<Exclude<typeof COLUMNS[number], "id" | "task" | "idx" | "session">, SqlValue>>
  & { readonly saw: SqlValue };

/** The sum of a job, of which all columns are given in their order. */
export function rowSum(row: Row): number {
  const [id, task, idx, input, digest, kind, value, error, attempts, ...rest] = row;
  const [started_at, duration_ms, slot, pid, stdout, stderr, large, , saw = null] = rest;
  return sumOfRow({
    ...{ id, task, idx, input, digest, kind, value, error, attempts },
    ...{ started_at, duration_ms, slot, pid, stdout, stderr, large, saw },
  } as NamedRow);
}

/** The sum of a job; of one with another place than its id has, it is none. */
export function sumOfRow(row: NamedRow): number {
  const { id, task, idx, kind, attempts, started_at, duration_ms, slot, pid, large } = row;
  if (!isPlaceOf(id, idx)) return NaN;
  const short = [task, kind, attempts, started_at, duration_ms, slot, pid, large] as const;
  const { input, value, error, digest, stdout, stderr, saw } = row;
  const about = aboutSum(input, value, [error, digest, stdout, stderr, saw]);
  return about * HALF + shortSum(id, idx !== null, short);
}

/** Whether a job with this id can have this place among the inputs; one with none has lost it. */
export function isPlaceOf(id: number, idx: number | null): boolean {
  return idx === null || idx === id % PLACES;
}
