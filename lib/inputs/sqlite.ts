/**
 * The rows of a database.
 *
 * @module
 */

import { resolve } from "node:path";
import { later } from "../streams/iteration.ts";
import type { Modifiers } from "./readers/modified.ts";
import type { SqliteInputs } from "./readers/sqlite_rows.ts";
import type { SourceRecord } from "./source_record.ts";

/** A source of rows of a database, as records. */
export interface SqliteSource extends Modifiers {
  /** Path of a SQLite database, relative to the tasks file. */
  readonly sqlite: string;
  /** The query whose rows are the inputs. */
  readonly query: string;
}

/** The rows that a query finds in a SQLite database. */
export const sqlite = {
  key: {
    name: "sqlite",
    example: '{ sqlite: shop.db, query: "select 1" }',
    gives: "The rows that a query finds in a SQLite database, relative to this file",
    elsewhere: "db database",
    schema: ({ filled }) => filled("a path"),
    goesWith: {
      query: {
        gives: "The query, in SQL, that finds the rows",
        elsewhere: "sql",
        isNeeded: true,
        schema: ({ filled }) => filled("a query"),
      },
    },
    sourceOf: ({ sqlite, query }, { home }) => ({
      kind: "sqlite",
      path: resolve(home, sqlite),
      query,
    }),
  },
  kind: {
    name: "sqlite",
    whence: () => "files",
    hasQuery: true,
    pathsRead: ({ path }) => ["", "-journal", "-wal", "-shm"].map((end) => path + end),
    isRepeatable: () => true,
    open: (source) =>
      later(async () => (await import("./readers/sqlite_rows.ts")).sqliteOf(source)),
    text: ({ path, query }) =>
      `rows of ${path} by ${JSON.stringify(query.replace(/\s+/g, " ").trim())}`,
    flaws: async (source) => (await import("./readers/sqlite_rows.ts")).flawsOfRows(source),
  },
} as const satisfies SourceRecord<SqliteSource, SqliteInputs>;
