/**
 * What is too long for a row, in pieces.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { joined } from "../joined.ts";
import type { Column } from "./column.ts";
import type { Journal } from "./journal.ts";
import { prepared } from "./prepared.ts";

/** How long a piece is at the most, in bytes. */
const PIECE_BYTES = 1024 * 1024;

/** Says of a text that it is one: what else lies there are bytes. */
const TEXT = ":text";

/**
 * Has a long part of a job written; gives the number of its pieces.
 *
 * @param seq The number of the first of them, from 0.
 */
export function toPieces(
  journal: Journal,
  job: number,
  what: string,
  seq: number,
  column: Column,
): number {
  const isText = typeof column === "string";
  const bytes = isText ? new TextEncoder().encode(column) : column ?? new Uint8Array();
  journal.change(() => {
    const insert = prepared(journal.database, "INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?)");
    for (let at = 0, number = seq; at < bytes.length; at += PIECE_BYTES, number++) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      insert.run(job, isText ? `${what}${TEXT}` : what, number, piece);
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

/** The pieces of a stream of a job, one at a time. */
export function* piecesOf(database: DatabaseSync, job: number, what: string): Iterable<Uint8Array> {
  const next = prepared(
    database,
    "SELECT seq, bytes FROM pieces WHERE job = ? AND what = ? AND seq > ? ORDER BY seq LIMIT 1",
  );
  for (let seq = -1;;) {
    const row = next.get(job, what, seq) as { seq: number; bytes: Uint8Array } | undefined;
    if (!row) return;
    seq = row.seq;
    yield row.bytes;
  }
}

/** A long part, whole; `null` if there is none. */
export function columnFromPieces(database: DatabaseSync, job: number, what: string): Column {
  const text = [...piecesOf(database, job, `${what}${TEXT}`)];
  if (text.length > 0) return new TextDecoder().decode(joined(text));
  const bytes = [...piecesOf(database, job, what)];
  return bytes.length > 0 ? joined(bytes) : null;
}
