/**
 * The rows of a database, as inputs.
 *
 * @module
 */

import { resolve } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { type Fault, messageOf } from "../../fault.ts";
import { type BlockReader, inBlocks } from "../../streams/blocks.ts";
import type { SourceFlaw } from "../source_record.ts";
import { flawOf, inputFault, originOf, unreadable } from "../unreadable.ts";

/** A database and what is asked of it. */
export type SqliteInputs = {
  readonly kind: "sqlite";
  readonly path: string;
  readonly query: string;
};

type Row = Record<string, unknown>;

/** Rows in a block; few, for each may hold a large blob, and a block costs little. */
const ROWS_PER_BLOCK = 32;

/** How long SQLite waits for others to let go of the database; nothing else goes on meanwhile. */
const LOCK_TIMEOUT_MS = 1000;

/**
 * The rows of a query of a SQLite database, as records, in the order that the query gives them.
 *
 * The database is opened at the first `next()`, for reading only, and closed at the end or by `return()`. Its
 * rows are read as they are wanted; until then others cannot write to it, unless its journal mode is
 * WAL. An integer that a number cannot hold exactly is a bigint, and a blob is a `Uint8Array`.
 *
 * @throws {Fault} Of kind `input`, from `next()`: if there is no such file, it is no database or is locked, the query
 * fails or is not one single query that gives rows, two of its columns have the same name, or a text is not UTF-8 or
 * has a NUL in it.
 */
export function sqliteOf(source: SqliteInputs): AsyncIterable<unknown> {
  return inBlocks(() => rowReader(source));
}

/**
 * What keeps a database from giving the rows of a query, as far as it can be told without changing anything: SQLite
 * leaves files beside one that it opens in WAL mode, unless it may take it that nobody writes to it. Where somebody
 * may, and is not known to share what he writes, the query is not looked at.
 */
export async function flawsOfRows({ path, query }: SqliteInputs): Promise<SourceFlaw[]> {
  const told = (error: unknown, key: "sqlite" | "query"): SourceFlaw[] => [
    { flaw: flawOf(error, path), origin: originOf(path), part: [], key: [key] },
  ];
  try {
    await checkFile(path);
    (await Deno.open(path)).close();
  } catch (error) {
    return told(error, "sqlite");
  }
  const isBeside = (ending: string) => Deno.stat(path + ending).then(() => true, () => false);
  const [hasJournal, hasWal, hasShm] = await Promise.all(
    ["-journal", "-wal", "-shm"].map(isBeside),
  );
  if (hasJournal || (hasWal && !hasShm)) return [];
  const { DatabaseSync } = await import("node:sqlite");
  const url = pathToFileURL(resolve(path));
  if (!hasWal) url.searchParams.set("immutable", "1");
  try {
    using database = new DatabaseSync(url, { readOnly: true });
    prepared(database, query);
    return [];
  } catch (error) {
    // Deno opens none by a URL for a program that may not do everything.
    if (/unable to open database file: .*file:/.test(messageOf(error))) return [];
    const { errcode } = error as { readonly errcode?: number };
    if (errcode === NO_DATABASE) return told(error, "sqlite");
    // What is said of locks, for example, may be over when the rows are read.
    return errcode === undefined || errcode === WRONG ? told(error, "query") : [];
  }
}

/** What SQLite says of a statement that is wrong, and of a file that is no database. */
const WRONG = 1, NO_DATABASE = 26;

/** @throws If a path is no file that can be opened as a database. */
async function checkFile(path: string): Promise<void> {
  // What SQLite says of a file that it cannot open does not tell why.
  const { isDirectory, isFile } = await Deno.stat(path);
  if (isDirectory) throw new Deno.errors.IsADirectory();
  // A pipe without a writer would hold up the thread that opens it.
  if (!isFile) throw new Error("it is no regular file");
}

function rowReader({ path, query }: SqliteInputs): BlockReader<Row> {
  let database: DatabaseSync | undefined;
  let take: (() => Row[]) | undefined;
  let isStopped = false;
  const open = async () => {
    await checkFile(path);
    const { DatabaseSync } = await import("node:sqlite");
    if (isStopped) return;
    // As an absolute path, it is never one of SQLite's own names, such as `:memory:` or `file:…`.
    database = new DatabaseSync(resolve(path), { readOnly: true });
    database.exec(`PRAGMA busy_timeout = ${LOCK_TIMEOUT_MS}`);
    take = takerOf(database, query);
  };
  const close = () => {
    database?.close();
    database = take = undefined;
  };
  return {
    async read() {
      try {
        if (!take) await open();
        const block = take?.();
        if (block && block.length > 0) return block;
        close();
        return undefined;
      } catch (error) {
        throw unreadableRows(path, error);
      }
    },
    stop() {
      isStopped = true;
      close();
      return Promise.resolve();
    },
  };
}

function unreadableRows(path: string, error: unknown): Fault {
  const origin = originOf(path);
  if (messageOf(error) !== "database is locked") return unreadable(origin, error);
  return inputFault(origin, {
    reason: "the database is locked",
    hint: "wait until no other program writes to it, or set its journal mode to WAL",
    cause: error,
  });
}

/**
 * Takes the next rows of a query, a block at a time; none if there are no more.
 *
 * @throws What SQLite says of the query; so does what is given, if there are no more because the query failed.
 */
function takerOf(database: DatabaseSync, query: string): () => Row[] {
  const probe = database.prepare("");
  const { statement, names } = prepared(database, query);
  const checked = withChecks(database, statement, names);
  checked.setReadBigInts(true);
  const rows: Iterator<Row> = checked.iterate();
  let count = 0;
  return () => {
    const block: Row[] = [];
    while (block.length < ROWS_PER_BLOCK) {
      const { done, value } = rows.next();
      if (done) {
        if (block.length === 0) checkEnd(probe);
        break;
      }
      block.push(withNumbers(checkedRow(value, names, ++count)));
    }
    return block;
  };
}

/**
 * In Deno 2.9, `iterate()` ends without a word when a row cannot be computed or read. SQLite still has the reason
 * as the last message of the connection, and running an empty statement of it is a misuse that throws it.
 */
function checkEnd(probe: StatementSync): void {
  let reason = "not an error";
  try {
    probe.run();
  } catch (error) {
    reason = messageOf(error);
  }
  if (reason !== "not an error") throw new Error(reason);
}

/** The row, with numbers for all integers that they hold exactly. */
function withNumbers(row: Row): Row {
  for (const name in row) {
    const value = row[name];
    if (typeof value !== "bigint") continue;
    const number = Number(value);
    if (Number.isSafeInteger(number)) row[name] = number;
  }
  return row;
}

/**
 * The query as a statement that can give records, and what its columns are called.
 *
 * @throws What SQLite says, or what is wrong with the query.
 */
function prepared(
  database: DatabaseSync,
  query: string,
): { readonly statement: StatementSync; readonly names: readonly string[] } {
  const statement = database.prepare(query);
  const names = statement.columns().map(({ name }) => name);
  if (names.length === 0) throw new Error("the query gives no rows, expected a SELECT");
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new Error(`two columns are called ${JSON.stringify(twice)}, expected a name for each`);
  }
  // SQLite compiles the first statement of a text, and leaves the rest alone.
  const rest = query.slice(statement.sourceSQL.length)
    .replaceAll(/--[^\n]*|\/\*[^]*?(?:\*\/|$)|[\s;]/g, "");
  if (rest !== "") throw new Error("the query goes on after its first statement, expected one");
  return { statement, names };
}

/**
 * What a checked statement has behind its own columns: how many marks U+FFFD there are; below 0, the number of the first
 * column with a NUL, from 1.
 */
const CHECK = "fanfold: check";

/**
 * A statement that also tells which texts Deno 2.9 would change: it cuts them at a NUL, and has marks U+FFFD for what
 * is not UTF-8. One that can be no part of another, such as a pragma, is given back.
 *
 * @param names What its columns are called.
 */
function withChecks(
  database: DatabaseSync,
  statement: StatementSync,
  names: readonly string[],
): StatementSync {
  const columns = names.map((name) => `"${name.replaceAll('"', '""')}"`);
  const nul = columns.map((column, i) =>
    `WHEN typeof(${column}) = 'text' AND instr(CAST(${column} AS BLOB), x'00') THEN ${-1 - i}`
  );
  const marks = columns.map((column) =>
    `iif(typeof(${column}) = 'text' AND instr(${column}, char(65533)), ${marksIn(column)}, 0)`
  );
  const query = statement.sourceSQL.trimEnd().replace(/;$/, "");
  try {
    return database.prepare(
      `WITH "fanfold: rows"(${columns}) AS (${query}\n) ` +
        `SELECT *, CASE ${nul.join(" ")} ELSE ${marks.join(" + ")} END AS "${CHECK}" ` +
        `FROM "fanfold: rows"`,
    );
  } catch {
    return statement;
  }
}

function marksIn(column: string): string {
  const bytes = (text: string) => `length(CAST(${text} AS BLOB))`;
  return `(${bytes(column)} - ${bytes(`replace(${column}, char(65533), '')`)}) / 3`;
}

/**
 * The row without the columns of {@link withChecks}, in which all texts are what they are in the database.
 *
 * @param number The number of the row, from 1.
 * @throws If one is not.
 */
function checkedRow(row: Row, names: readonly string[], number: number): Row {
  const check = row[CHECK];
  if (check === undefined) return row;
  delete row[CHECK];
  const marks = Number(check);
  if (marks < 0) throw new Error(unreadableText(number, names[-1 - marks], "has a NUL"));
  let found = 0;
  for (const name of names) {
    const value = row[name];
    if (typeof value !== "string" || !value.includes("\uFFFD")) continue;
    found += value.split("\uFFFD").length - 1;
    if (found > marks) throw new Error(unreadableText(number, name, "is not UTF-8"));
  }
  return row;
}

function unreadableText(number: number, name: string | undefined, claim: string): string {
  return `the text in row ${number}, column ${JSON.stringify(name)} ${claim}, ` +
    "expected one without; cast(… as blob) gives its bytes";
}
