/**
 * The SQLite database of a journal: its version, its statements, and the faults of one that is damaged or cannot be read
 * or written.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Fault, isError, messageOf } from "../fault.ts";
import { APPLICATION_ID, VERSION } from "./tables.ts";

/** What SQLite throws at a damaged file, and what becomes of a number that is none of ours. */
const CODES = ["ERR_SQLITE_ERROR", "ERR_OUT_OF_RANGE"];

/** How somebody goes on who wants to read a journal that is damaged, or cannot be read. */
const HINT = "remove it, or name another run; fanfold runs lists those that are kept";

/** What can be done where nothing can be written. */
export const ELSEWHERE = "another folder is named by --state-dir; --no-journal does without";

/** What SQLite says of what is in a file and cannot be. */
const DAMAGE = /malformed|not a database|unsupported file format|too large to be represented/;

/** What comes of text that is no JSON, and of bytes that are no clone. */
const UNREAD = /^(?:SyntaxError|TypeError|RangeError)|deserialize/;

const PATHS = new WeakMap<DatabaseSync, string>();

const WITHOUT_SUMS = new WeakSet<DatabaseSync>();

/** Has faults about a database name this path. */
export function openedFrom(database: DatabaseSync, path: string): void {
  PATHS.set(database, path);
}

/** Has a database taken at its word: it was written before there were sums. */
export function takenAtItsWord(database: DatabaseSync): void {
  WITHOUT_SUMS.add(database);
}

/** Whether what is in a database has sums. */
export function hasSums(database: DatabaseSync): boolean {
  return !WITHOUT_SUMS.has(database);
}

/** That a journal is damaged, and where. */
export function damaged(database: DatabaseSync, what: string): Fault {
  const message = `Cannot read the journal "${PATHS.get(database) ?? ""}": it is damaged: ${what}`;
  return new Fault("journal", message, { hint: HINT });
}

/** That the log of a journal is gone. */
export function logGone(database: DatabaseSync): Fault {
  return damaged(database, "its log is gone, the file beside it whose name ends in -wal");
}

/** That a journal cannot be read. */
export function cannotRead(path: string, cause: unknown): Fault {
  const message = `Cannot read the journal "${path}": ${messageOf(cause)}`;
  return new Fault("journal", message, { cause, hint: HINT });
}

/** Whether something was thrown because a file is damaged or cannot be read, and not because of a mistake of ours. */
function isOfSqlite(thrown: unknown): boolean {
  return isError(thrown) && "code" in thrown && CODES.includes(String(thrown.code));
}

/** Whether something was thrown because no room is left for what is written. */
export function isOfFullDisk(thrown: unknown): boolean {
  return /database or disk is full|os error 28|ENOSPC/.test(messageOf(thrown));
}

/** Whether something was thrown because of what a database says: SQLite threw it, or who reads what has no sums. */
export function isOfDatabase(database: DatabaseSync, thrown: unknown): boolean {
  if (isOfSqlite(thrown)) return true;
  return !hasSums(database) && isError(thrown) && UNREAD.test(`${thrown}`);
}

/** Reads something of a database; that it cannot be read is a fault. */
export function readingFrom<T>(database: DatabaseSync, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw isOfSqlite(thrown) ? cannotRead(PATHS.get(database) ?? "", thrown) : thrown;
  }
}

/**
 * The version of a journal.
 *
 * @throws {Fault} If a database is no journal that this version can read.
 */
export function versionOf(path: string, database: DatabaseSync): number {
  const number = (pragma: string) => Number(Object.values(database.prepare(pragma).get() ?? {})[0]);
  if (number("PRAGMA application_id") !== APPLICATION_ID) {
    const message = `Cannot open the journal "${path}": it is no journal of fanfold`;
    throw new Fault("journal", message, { hint: HINT });
  }
  const version = number("PRAGMA user_version");
  if (version > VERSION) {
    const found = `found version ${version}, wanted ${VERSION} or less`;
    throw new Fault("journal", `Cannot open the journal "${path}": ${found}`, {
      hint: "it was written by a newer fanfold",
    });
  }
  // The first had no sums.
  const hasSums = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'seal'").get();
  if ((version >= 2) !== (hasSums !== undefined)) {
    throw damaged(database, `its version is ${version}, and its tables are of another`);
  }
  return version;
}

/** Does something with a database; what goes wrong is a fault of the journal. */
export function within<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const message = messageOf(cause);
    const hint = isOfFullDisk(cause)
      ? "make room"
      : DAMAGE.test(message)
      ? "begin anew without --resume; .recover of sqlite3 tells what is left of it"
      : ELSEWHERE;
    throw new Fault("journal", `${what}: ${message}`, { cause, hint });
  }
}

const STATEMENTS = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/**
 * The statement of a database with this text, made once: a statement keeps what was bound to it last until it is
 * collected, which of many statements with long values takes as much memory as all of these.
 */
export function prepared(database: DatabaseSync, sql: string): StatementSync {
  const known = STATEMENTS.get(database) ?? new Map<string, StatementSync>();
  STATEMENTS.set(database, known);
  const statement = known.get(sql) ?? database.prepare(sql);
  known.set(sql, statement);
  return statement;
}

/** Has a statement give rows as arrays, which takes half as long as with names. */
export function inArrays(statement: StatementSync): StatementSync {
  (statement as unknown as { setReturnArrays(enabled: boolean): void }).setReturnArrays(true);
  return statement;
}
