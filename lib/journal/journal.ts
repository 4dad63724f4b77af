/**
 * The file that keeps what has ended.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { logGone, openedFrom, prepared, versionOf, within } from "./database.ts";
import {
  APPLICATION_ID,
  COLUMNS,
  PLACES,
  PLAIN_COLUMNS,
  type Row,
  type Shape,
  type SqlValue,
  SUM_TABLES,
  TABLES,
  VERSION,
} from "./tables.ts";
import { checkSeal, seal, Totals, totalsIn } from "./checks.ts";
import { hasIndexAlone } from "./runs_folder.ts";
import { isError } from "../fault.ts";
import { type NamedRow, pieceSum, plainSum, rowSum, sumOfRow } from "./sums.ts";

/** How long one waits for another program that has the file, in ms. */
const BUSY_MS = 5000;

/** What a run is, as its journal has it. */
export interface RunRecord {
  readonly id: string;
  /** The version of fanfold. */
  readonly version: string;
  /** Absolute folder of the run. */
  readonly folder: string;
  /** What it is a run of: runs of the same can be resumed with one word. */
  readonly origin: string;
  /** The command line, as JSON. */
  readonly argv: string;
}

/** A change that waits for the next transaction: rows of jobs, or anything else. */
type Change = Rows | (() => void);

/** Rows of one shape. */
interface Rows {
  readonly shape: Shape;
  readonly rows: Row[];
}

/** A journal that is written. Changes wait until `flush`, which makes one transaction of them. */
export class Journal implements Disposable {
  readonly path: string;
  readonly database: DatabaseSync;
  /** How many jobs it has of each task. */
  readonly totals: Totals;
  readonly #inserts: Readonly<Record<Shape, Inserts>>;
  #changes: Change[] = [];

  private constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.database = database;
    this.totals = new Totals(database, totalsIn(database));
    this.#inserts = {
      full: new Inserts(database, "full", this.totals),
      plain: new Inserts(database, "plain", this.totals),
    };
  }

  /**
   * Makes the journal of a new run.
   *
   * @throws {Fault} Of kind `journal`, if there cannot be such a file.
   */
  static async create(path: string, run: RunRecord): Promise<Journal> {
    const { DatabaseSync } = await import("node:sqlite");
    return within(
      `Cannot keep a journal in "${path}"`,
      () =>
        opened(new DatabaseSync(path), (database) => {
          openedFrom(database, path);
          // Nothing is in it yet that could be lost with the machine.
          database.exec(`PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; BEGIN; ${TABLES}
        PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION};`);
          const { id, version, folder, origin, argv } = run;
          database.prepare("INSERT INTO run VALUES (?, ?, ?, ?, ?)")
            .run(id, version, folder, origin, argv);
          seal(database);
          database.exec("COMMIT; PRAGMA synchronous = NORMAL");
          return new Journal(path, database);
        }),
    );
  }

  /**
   * Opens a journal to go on with it.
   *
   * @throws {Fault} Of kind `journal`, if it is damaged, of a newer version, or none; it is as it was then.
   */
  static async open(path: string): Promise<Journal> {
    const { DatabaseSync } = await import("node:sqlite");
    return within(`Cannot open the journal "${path}"`, () => {
      Deno.statSync(path);
      const isLogGone = hasIndexAlone(path);
      return opened(new DatabaseSync(path), (database) => {
        openedFrom(database, path);
        if (isLogGone) throw logGone(database);
        if (versionOf(path, database) < VERSION) upgrade(database);
        checkSeal(database);
        database.exec("PRAGMA synchronous = NORMAL");
        return new Journal(path, database);
      });
    });
  }

  /** Has a job written, given in one of the shapes; it takes the place of one with its id. */
  add(shape: Shape, row: Row): void {
    const last = this.#changes.at(-1);
    if (typeof last === "object" && last.shape === shape) last.rows.push(row);
    else this.#changes.push({ shape, rows: [row] });
  }

  /** Has anything else changed, in its turn. */
  change(act: () => void): void {
    this.#changes.push(act);
  }

  /**
   * Writes what waits.
   *
   * @throws {Fault} Of kind `journal`, if it cannot be written; nothing of it has been then.
   */
  flush(): void {
    const changes = this.#changes;
    if (changes.length === 0) return;
    this.#changes = [];
    this.transact(() => {
      for (const change of changes) {
        if (typeof change === "function") change();
        else this.#inserts[change.shape].write(change.rows);
      }
    });
  }

  /**
   * Does something in one transaction.
   *
   * @throws {Fault} Of kind `journal`, if it cannot be done; nothing of it has been then.
   */
  transact<T>(act: () => T): T {
    return within(`Cannot write to the journal "${this.path}"`, () => {
      prepared(this.database, "BEGIN IMMEDIATE").run();
      try {
        const made = act();
        this.totals.write();
        prepared(this.database, "COMMIT").run();
        return made;
      } catch (thrown) {
        if (this.database.isTransaction) this.database.exec("ROLLBACK");
        throw thrown;
      }
    });
  }

  /** Closes the file; what waits is given up. */
  [Symbol.dispose](): void {
    if (this.database.isOpen) this.database.close();
  }
}

/** Closes a database again if it cannot be used. */
function opened(database: DatabaseSync, use: (database: DatabaseSync) => Journal): Journal {
  try {
    // Who reads it may hold it for a moment.
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    return use(database);
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/** How many rows one statement writes: each costs half as much then. */
const ROWS = 50;

/** The columns that are written in each shape. */
const WRITTEN = { full: [...COLUMNS, "saw", "sum"], plain: [...PLAIN_COLUMNS, "sum"] };

/** Where the id, the task and the kind of a job stand in a row. */
const [ID, TASK, KIND] = [COLUMNS.indexOf("id"), COLUMNS.indexOf("task"), COLUMNS.indexOf("kind")];

/** Writes rows of one shape; each takes the place of one with its id. */
class Inserts {
  readonly #database: DatabaseSync;
  readonly #totals: Totals;
  readonly #shape: Shape;
  readonly #width: number;
  #one?: StatementSync;
  #many?: StatementSync;

  constructor(database: DatabaseSync, shape: Shape, totals: Totals) {
    this.#database = database;
    this.#totals = totals;
    this.#shape = shape;
    this.#width = WRITTEN[shape].length;
  }

  /** Writes rows, one after another, in a transaction. */
  write(rows: readonly Row[]): void {
    const rest = rows.length % ROWS;
    for (const row of rows.slice(0, rest)) this.#insert([row], this.#one ??= this.#prepare(1));
    for (let at = rest; at < rows.length; at += ROWS) {
      this.#insert(rows.slice(at, at + ROWS), this.#many ??= this.#prepare(ROWS));
    }
  }

  /** @param statement One that writes so many rows. */
  #insert(rows: readonly Row[], statement: StatementSync): void {
    const cells = Array<SqlValue>(this.#width * rows.length).fill(null);
    for (let i = 0; i < rows.length; i++) this.#put(rows[i] as Row, cells, i * this.#width);
    try {
      statement.run(...cells);
    } catch (thrown) {
      if (!isTaken(thrown)) throw thrown;
      this.#replace(rows);
    }
    this.#count(rows);
  }

  /** Puts the cells of a row, and their sum, from this one on. */
  #put(row: Row, cells: SqlValue[], at: number): void {
    for (let i = 0; i < row.length; i++) cells[at + i] = row[i] as SqlValue;
    cells[at + this.#width - 1] = this.#shape === "plain" ? plainRowSum(row) : rowSum(row);
  }

  /** Those of one task that stand together are counted at once. */
  #count(rows: readonly Row[]): void {
    const isPlain = this.#shape === "plain";
    const taskOf = (row: Row) =>
      isPlain ? Math.floor(row[ID] as number / PLACES) : row[TASK] as number;
    for (let at = 0, end = 0; at < rows.length; at = end) {
      const task = taskOf(rows[at] as Row);
      let done = 0;
      for (; end < rows.length && taskOf(rows[end] as Row) === task; end++) {
        if (isPlain || rows[end]?.[KIND] === "done") done++;
      }
      this.#totals.add(task, end - at, done);
    }
  }

  /** Rows one by one, of which some have the ids of others. */
  #replace(rows: readonly Row[]): void {
    const one = this.#one ??= this.#prepare(1);
    const removed = prepared(
      this.#database,
      "DELETE FROM jobs WHERE id = ? RETURNING task, kind = 'done' AS done",
    );
    for (const row of rows) {
      const cells = Array<SqlValue>(this.#width).fill(null);
      const before = removed.get(row[ID] as number);
      if (before) this.#totals.add(Number(before.task), -1, -Number(before.done));
      this.#put(row, cells, 0);
      one.run(...cells);
    }
  }

  #prepare(rows: number): StatementSync {
    const row = `(${Array(this.#width).fill("?").join(",")})`;
    const values = `VALUES ${Array(rows).fill(row).join(",")}`;
    return this.#database.prepare(this.#shape === "full" ? full(values) : plain(values));
  }
}

/** Not spread, which would take as long as all the rest. */
function plainRowSum(row: Row): number {
  const at = (i: number) => row[i] as SqlValue;
  return plainSum(row[ID] as number, at(1), at(2), at(3), at(4), at(5), at(6));
}

function full(values: string): string {
  return `INSERT INTO jobs (${WRITTEN.full.join(",")}) ${values}`;
}

/** Parameters cost more than all else, so those that can be told from others, or are always the same, are none. */
function plain(values: string): string {
  const given = WRITTEN.plain.map((_, i) => `column${i + 1}`).join(",");
  // What is no 32-bit number is given to SQLite as a floating-point one.
  const id = `CAST(column${PLAIN_COLUMNS.indexOf("id") + 1} AS INTEGER)`;
  return `INSERT INTO jobs
    (${WRITTEN.plain.join(",")}, task, idx, kind, attempts, large, session)
    SELECT ${given}, ${id} / ${PLACES}, ${id} % ${PLACES}, 'done', 1, 0, (SELECT max(id) FROM sessions)
    FROM (${values})`;
}

/** SQLite looks for rows that are in the way at no cost only if it need not remove them. */
function isTaken(thrown: unknown): boolean {
  return isError(thrown) && /UNIQUE constraint failed: jobs\.id/.test(thrown.message);
}

/** How many rows are read at a time: each may be as long as what a job wrote. */
const READ_ROWS = 100;

/** Makes of a journal of the first version one of this, with sums of what it has; as a whole, or not at all. */
function upgrade(database: DatabaseSync): void {
  database.exec(`BEGIN IMMEDIATE; ${SUM_TABLES}
    ALTER TABLE tasks ADD COLUMN inputs INTEGER;
    ALTER TABLE jobs ADD COLUMN saw TEXT;
    ALTER TABLE jobs ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE pieces ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    UPDATE jobs SET large = (SELECT count(*) FROM pieces WHERE job = jobs.id) WHERE large > 0;
    PRAGMA user_version = ${VERSION}`);
  try {
    sumJobs(database);
    sumPieces(database);
    seal(database);
    database.exec("COMMIT");
  } catch (thrown) {
    database.exec("ROLLBACK");
    throw thrown;
  }
}

function sumJobs(database: DatabaseSync): void {
  const totals = new Totals(database, new Map());
  const next = database.prepare(`SELECT * FROM jobs WHERE id > ? ORDER BY id LIMIT ${READ_ROWS}`);
  const write = database.prepare("UPDATE jobs SET sum = ? WHERE id = ?");
  for (let last = Number.MIN_SAFE_INTEGER;;) {
    const rows = next.all(last) as unknown as NamedRow[];
    for (const row of rows) {
      write.run(sumOfRow(row), row.id);
      totals.add(row.task, 1, row.kind === "done" ? 1 : 0);
      last = row.id;
    }
    if (rows.length === 0) break;
  }
  totals.write();
}

function sumPieces(database: DatabaseSync): void {
  const write = database.prepare(
    "UPDATE pieces SET sum = ? WHERE job = ? AND what = ? AND seq = ?",
  );
  const read = database.prepare("SELECT bytes FROM pieces WHERE job = ? AND what = ? AND seq = ?");
  for (const piece of database.prepare("SELECT job, what, seq FROM pieces").all()) {
    const { job, what, seq } = piece as { job: number; what: string; seq: number };
    const bytes = read.get(job, what, seq)?.bytes as Uint8Array;
    write.run(pieceSum(job, what, seq, bytes), job, what, seq);
  }
}
