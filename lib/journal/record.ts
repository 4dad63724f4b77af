/**
 * What is written of a job: a row, and in pieces what is too long for one.
 *
 * @module
 */

import type { Outcome, Output } from "../job.ts";
import { type Column, digestOf, toColumn } from "./column.ts";
import type { Row, Shape, SqlValue } from "./tables.ts";
import type { DatabaseSync } from "node:sqlite";
import { joined } from "../streams/joined.ts";
import type { Journal } from "./journal.ts";
import { damaged, hasSums, prepared, readingFrom } from "./database.ts";
import { pieceSum } from "./sums.ts";

/** What a job wrote to one of its streams, as far as it fits into a row. */
export type Streams = Readonly<Record<"stdout" | "stderr", Uint8Array | null>>;

/** A part of a job that is too long for its row. */
export interface LongPart {
  readonly what: "input" | "value" | "stdout" | "stderr";
  readonly column: Column;
}

/** How long a part of a row may be, in bytes or UTF-16 units. */
export const ROW_LENGTH: number = 64 * 1024;

const NO_PARTS: readonly LongPart[] = [];

/** A row of a job, and what of it lies elsewhere. */
export interface JobRecord {
  readonly shape: Shape;
  readonly row: Row;
  readonly longParts: readonly LongPart[];
}

/** An outcome that is kept: what was cancelled is done when the run is resumed. */
export type KeptOutcome = Exclude<Outcome, { readonly kind: "cancelled" }>;

/**
 * The row of a job; nothing if what came of it cannot be kept, such as memory that is shared.
 *
 * @param saw What the files were that it was given.
 */
export function jobRecordOf(
  outcome: KeptOutcome,
  place: { readonly id: number; readonly task: number; readonly session: number },
  streams: Streams,
  isLarge: boolean,
  saw?: string,
): JobRecord | undefined {
  const { index, kind, attempts, startedAt, durationMs, slot, pid = null } = outcome;
  const input = columnOf(outcome.input, index);
  const result = resultOf(outcome);
  if (result === undefined) return undefined;
  const isDone = kind === "done";
  const digest = digestOf(input);
  const isQuiet = saw === undefined && !isLarge && streams.stdout === null &&
    streams.stderr === null;
  if (isDone && attempts === 1 && digest === null && isQuiet && isShort(result)) {
    const row = [place.id, input, result, startedAt, durationMs, slot, pid];
    return { shape: "plain", row, longParts: NO_PARTS };
  }
  const longParts: LongPart[] = [];
  const short = (what: LongPart["what"], column: Column) => {
    if (isShort(column)) return column;
    longParts.push({ what, column });
    return null;
  };
  const shortInput = short("input", input);
  const value = isDone ? short("value", result) : null;
  const error = isDone ? null : result;
  const row = [
    place.id,
    place.task,
    index,
    shortInput,
    digest,
    kind,
    value,
    error,
    attempts,
    startedAt,
    durationMs,
    slot,
    pid,
    streams.stdout,
    streams.stderr,
    isLarge || longParts.length > 0 ? 1 : 0, // How many pieces there are is known when they are made.
    place.session,
    saw ?? null,
  ];
  return { shape: "full", row, longParts };
}

function isShort(column: Column): boolean {
  return column === null || column.length <= ROW_LENGTH;
}

function resultOf(outcome: KeptOutcome): Column | undefined {
  try {
    return toColumn(outcome.kind === "done" ? outcome.value : outcome.error);
  } catch {
    return undefined;
  }
}

/** Begins the column of an input that cannot be cloned; its index follows. */
export const NOT_KEPT = '"an input that cannot be kept, ';

/** An input as a column; of one that cannot be cloned only its place is told. */
export function columnOf(input: unknown, index: number): Column {
  try {
    return toColumn(input, "alone");
  } catch {
    return `${NOT_KEPT}${index}"`;
  }
}

/** Whether a column tells an input from all others; where it does not, its job is done again. */
export function tellsApart(column: Column): boolean {
  return typeof column !== "string" || !column.startsWith(NOT_KEPT);
}

/** How long a piece is at the most, in bytes. */
const PIECE_BYTES = 1024 * 1024;

/** Says of a text that it is one: what else lies there are bytes. */
const TEXT = ":text";

/**
 * Has a long part of a job written; gives the number of its pieces.
 *
 * @param seq The number of the first of them, from 0.
 */
export function writePieces(
  journal: Journal,
  job: number,
  what: string,
  seq: number,
  column: Column,
): number {
  const isText = typeof column === "string";
  const bytes = isText ? new TextEncoder().encode(column) : column ?? new Uint8Array();
  journal.change(() => {
    const insert = prepared(
      journal.database,
      "INSERT OR REPLACE INTO pieces (job, what, seq, bytes, sum) VALUES (?, ?, ?, ?, ?)",
    );
    for (let at = 0, number = seq; at < bytes.length; at += PIECE_BYTES, number++) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      const which = isText ? `${what}${TEXT}` : what;
      insert.run(job, which, number, piece, pieceSum(job, which, number, piece));
    }
  });
  return Math.ceil(bytes.length / PIECE_BYTES);
}

/** Removes what a job has in pieces. */
export function removePieces({ database }: Journal, job: number): void {
  prepared(database, "DELETE FROM pieces WHERE job = ?").run(job);
}

/** Removes what jobs have left that were under way when a session was cut off. */
export function removeOrphans({ database }: Journal): void {
  database.exec("DELETE FROM pieces WHERE job NOT IN (SELECT id FROM jobs)");
}

/**
 * The pieces of a stream of a job, one at a time.
 *
 * @throws {Fault} Of kind `journal`, if one is not what was written.
 */
export function* piecesOf(database: DatabaseSync, job: number, what: string): Iterable<Uint8Array> {
  const next = prepared(
    database,
    "SELECT seq, bytes, sum FROM pieces WHERE job = ? AND what = ? AND seq > ? ORDER BY seq LIMIT 1",
  );
  for (let seq = -1;;) {
    const row = readingFrom(database, () => next.get(job, what, seq)) as Piece | undefined;
    if (!row) return;
    if (hasSums(database) && pieceSum(job, what, row.seq, row.bytes) !== row.sum) {
      throw damaged(database, "a piece of what a job gave is not what was written");
    }
    seq = row.seq;
    yield row.bytes;
  }
}

interface Piece {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly sum: number;
}

/** A row of a job of which parts may lie in pieces. */
export interface DividedRow extends Streams {
  readonly id: number;
  readonly large: SqlValue;
}

/** A column of a job, whole: its own, or what lies in pieces; `null` if there is neither. */
export function wholeColumn<K extends "input" | "value" | "error">(
  database: DatabaseSync,
  row: Pick<DividedRow, "id" | "large"> & Readonly<Record<K, SqlValue>>,
  what: K,
): Column {
  return row[what] as Column ?? (row.large ? columnFromPieces(database, row.id, what) : null);
}

/** What a job wrote, in its row or in pieces; nothing if it wrote nothing. */
export function outputOf(database: DatabaseSync, row: DividedRow): Output | undefined {
  const { id, stdout, stderr, large } = row;
  if (!stdout && !stderr && !large) return undefined;
  const piecesIn = (stream: "stdout" | "stderr") => {
    const bytes = stream === "stdout" ? stdout : stderr;
    return bytes ? [bytes] : piecesOf(database, id, stream);
  };
  return {
    async *read(stream) {
      yield* piecesIn(stream);
    },
    /** Tells all that there is at once: nothing is written any more. */
    tap(listener) {
      for (const stream of ["stdout", "stderr"] as const) {
        for (const bytes of piecesIn(stream)) listener(stream, bytes);
      }
    },
    /** It stays where it is. */
    drop() {},
    dropUnread() {},
  };
}

/** What lies in pieces of a job by this name; `null` if nothing does. */
export function columnFromPieces(database: DatabaseSync, job: number, what: string): Column {
  const text = [...piecesOf(database, job, `${what}${TEXT}`)];
  if (text.length > 0) return new TextDecoder().decode(joined(text));
  const bytes = [...piecesOf(database, job, what)];
  return bytes.length > 0 ? joined(bytes) : null;
}
