/**
 * The file that keeps what has ended.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { Inserts } from "./inserts.ts";
import { logGone, openedFrom, prepared, versionOf, within } from "./database.ts";
import { APPLICATION_ID, type Row, type Shape, TABLES, VERSION } from "./tables.ts";
import { checkSeal, seal } from "./checks.ts";
import { hasIndexAlone } from "./runs_folder.ts";
import { Totals, totalsIn } from "./totals.ts";
import { upgrade } from "./upgrade.ts";

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
    this.transact(() => this.#write(changes));
  }

  /**
   * Does something in one transaction.
   *
   * @throws {Fault} Of kind `journal`, if it cannot be done; nothing of it has been then.
   */
  transact<T>(act: () => T): T {
    return this.#within(() => {
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

  #within<T>(act: () => T): T {
    return within(`Cannot write to the journal "${this.path}"`, act);
  }

  #write(changes: readonly Change[]): void {
    for (const change of changes) {
      if (typeof change === "function") change();
      else this.#inserts[change.shape].write(change.rows);
    }
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
