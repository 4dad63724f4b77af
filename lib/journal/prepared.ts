/**
 * Statements that are used again and again.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

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
