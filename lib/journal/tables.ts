/**
 * What a journal looks like: one SQLite file for each run.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";

/** Marks a SQLite file as a journal of fanfold. */
export const APPLICATION_ID = 0x66616e66;

/** The version of the tables below; it grows with each change of them. */
export const VERSION = 2;

/** How many positions the ids of a task's jobs leave room for: `id = task × PLACES + idx`. */
export const PLACES: number = 2 ** 40;

/** The ids of the jobs of a task: from the first to before the second. */
export function placesOf(task: number): [from: number, to: number] {
  return [task * PLACES, (task + 1) * PLACES];
}

/** The id of the task of this name that does what this digest says, if there is one. */
export function idOfTask(database: DatabaseSync, name: string, digest: string): number | undefined {
  const known = database.prepare("SELECT id FROM tasks WHERE name = ? AND digest = ?");
  return known.get(name, digest)?.id as number | undefined;
}

/** The tables that are of sums alone. */
export const SUM_TABLES = `
CREATE TABLE totals (
  task INTEGER PRIMARY KEY, jobs INTEGER NOT NULL, done INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE TABLE seal (id INTEGER PRIMARY KEY, sum INTEGER NOT NULL) STRICT;
`;

/**
 * The tables. Times are in ms, starts since the epoch. Inputs, values and errors are JSON, or the bytes of a
 * structured clone where JSON does not say all; NULL is `undefined`. What is too long for a row lies in
 * `pieces`, and `large` is how many there are. `saw` is what the files were that a job was given, as JSON.
 * A task has its number of `inputs` once all of them had been met.
 * Sums tell whether what is read was written: those of `sums.ts`, in `totals` with the number of jobs of each
 * task, and in `seal` that of all rows of the first three tables.
 */
export const TABLES = `
CREATE TABLE run (
  id TEXT NOT NULL, version TEXT NOT NULL, folder TEXT NOT NULL, origin TEXT NOT NULL, argv TEXT NOT NULL
) STRICT;
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY, started_at REAL NOT NULL, ended_at REAL, how TEXT
) STRICT;
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, fingerprint TEXT NOT NULL,
  session INTEGER NOT NULL, inputs INTEGER
) STRICT;
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY, task INTEGER NOT NULL, idx INTEGER, input ANY, digest TEXT, kind TEXT NOT NULL,
  value ANY, error ANY, attempts INTEGER NOT NULL, started_at REAL NOT NULL, duration_ms REAL NOT NULL,
  slot INTEGER NOT NULL, pid INTEGER, stdout BLOB, stderr BLOB, large INTEGER NOT NULL, session INTEGER NOT NULL,
  saw TEXT, sum INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE pieces (
  job INTEGER NOT NULL, what TEXT NOT NULL, seq INTEGER NOT NULL, bytes BLOB NOT NULL,
  sum INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (job, what, seq)
) STRICT, WITHOUT ROWID;
${SUM_TABLES}
CREATE VIEW outcomes AS
  SELECT tasks.name AS task, idx, input, kind, value, error, attempts, started_at, duration_ms, slot, pid,
    stdout, stderr
  FROM jobs JOIN tasks ON jobs.task = tasks.id
  WHERE idx IS NOT NULL AND tasks.session = (SELECT max(session) FROM tasks t WHERE t.name = tasks.name)
  ORDER BY jobs.id;
`;

/** What tells the input of a job from others, as `keyOf` has it. */
export const KEY = "coalesce(digest, input, '')";

/** The columns of a job, in the order in which they are written. */
export const COLUMNS = [
  ...["id", "task", "idx", "input", "digest", "kind", "value", "error", "attempts"],
  ...["started_at", "duration_ms", "slot", "pid", "stdout", "stderr", "large", "session"],
] as const;

/** Whether a job is one like most: its other columns than `PLAIN_COLUMNS` say nothing. */
export const IS_PLAIN: string =
  `kind = 'done' AND attempts = 1 AND large = 0 AND idx = id % ${PLACES} ` +
  "AND stdout IS NULL AND stderr IS NULL AND saw IS NULL";

/**
 * The columns of a job like most, in the order in which they are written: done at the first attempt, in the
 * session that is under way, with a short input, and without output.
 */
export const PLAIN_COLUMNS = [
  ...["id", "input", "value", "started_at", "duration_ms", "slot", "pid"],
] as const;

/** What a value in a row may be. */
export type SqlValue = string | number | Uint8Array | null;

/** The values of a row, in the order of its columns; what a job saw may stand behind those of all columns. */
export type Row = readonly SqlValue[];

/** How rows are given: with all `COLUMNS`, or only with `PLAIN_COLUMNS`. */
export type Shape = "full" | "plain";
