/**
 * A run as its journal has it, to be read only.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { Fault } from "../fault.ts";
import {
  cannotRead,
  damaged,
  hasSums,
  logGone,
  openedFrom,
  readingFrom,
  takenAtItsWord,
  versionOf,
} from "./database.ts";
import type { RunRecord } from "./journal.ts";
import { placesOf, VERSION } from "./tables.ts";
import { checkSeal, countIn, type KnownTask, placedTotal, type Total, totalsIn } from "./checks.ts";
import { exists, type Holder, holderOf, isHeld, isLogGone } from "./runs_folder.ts";

/** How long a file of SQLite is that has no tables, in bytes. */
const PAGE_BYTES = 4096;

/** More than the log has when all tables are made, which are some ten pages. */
const FIRST_LOG_BYTES = 16 * PAGE_BYTES;

/** How a log of SQLite begins, without its last bit (its file format, "The Write-Ahead Log"). */
const LOG_MAGIC = 0x377f0682;

/**
 * How far a run has come: to its end, to where it was halted, or to where it was cut off; or it goes on now.
 */
export type RunState = "ended" | "halted" | "interrupted" | "under way";

/** A task of a run, as it was when the run was last gone on with. */
export interface KeptTask extends KnownTask {
  readonly digest: string;
  /** As JSON. */
  readonly fingerprint: string;
}

/** A journal of the first version as one of this, which has sums beside. */
const OLD_TABLES = `
  CREATE TEMP VIEW jobs AS SELECT *, NULL AS saw, NULL AS sum FROM main.jobs;
  CREATE TEMP VIEW pieces AS SELECT *, NULL AS sum FROM main.pieces`;

/** How far a run is that is under way. */
export interface UnderWay {
  /** When it was begun, or gone on with for the last time, in ms since the epoch. */
  readonly since?: number;
  /** What its program says of itself. */
  readonly holder?: Holder;
  /** How many inputs all its tasks have, if it is known. */
  readonly inputs?: number;
}

/** A journal that is read. Whoever writes it meanwhile is not held up. */
export class KeptRun implements Disposable {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly record: RunRecord;

  private constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.database = database;
    this.record = database.prepare("SELECT * FROM run").get() as unknown as RunRecord;
    checkJson(database, this.record);
    if (hasSums(database)) totalsIn(database);
  }

  /**
   * Opens the journal of a run.
   *
   * @throws {Fault} Of kind `journal`, if it is damaged, of a newer version, or none.
   */
  static async open(path: string): Promise<KeptRun> {
    const { DatabaseSync } = await import("node:sqlite");
    try {
      // With nothing behind it in a log it is read as it stands: that leaves no files, in any folder.
      const isAlone = !exists(`${path}-wal`) && mayAll();
      const file = isAlone ? `${pathToFileURL(path).href}?immutable=1` : path;
      Deno.statSync(path);
      const database = new DatabaseSync(file, { readOnly: true });
      try {
        openedFrom(database, path);
        if (isLogGone(path)) throw logGone(database);
        const isOld = versionOf(path, database) < VERSION;
        if (isOld) {
          takenAtItsWord(database);
          database.exec(OLD_TABLES);
        }
        // Whoever writes it changes all of it at once.
        database.exec("BEGIN");
        if (!isOld) checkSeal(database);
        const run = new KeptRun(path, database);
        database.exec("COMMIT");
        return run;
      } catch (thrown) {
        database.close();
        throw thrown;
      }
    } catch (thrown) {
      throw thrown instanceof Fault ? thrown : cannotRead(path, thrown);
    }
  }

  /** Whether a journal has nothing in it, for its program was killed when it had just made the file. */
  static async isUnborn(path: string): Promise<boolean> {
    if (Deno.statSync(path).size > PAGE_BYTES || isLogGone(path)) return false;
    if (!mayBeFirstLog(`${path}-wal`)) return false;
    const { DatabaseSync } = await import("node:sqlite");
    try {
      using database = new DatabaseSync(path, { readOnly: true });
      return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
    } catch {
      return false;
    }
  }

  /** How far it has come. */
  get state(): RunState {
    const last = this.#sessions.at(-1);
    if (last?.how === "ended" || last?.how === "halted") return last.how;
    return isHeld(this.path) ? "under way" : "interrupted";
  }

  /** When it was begun and, if it did not just stop, when it ended for the last time, in ms since the epoch. */
  get times(): { readonly startedAt?: number; readonly endedAt?: number } {
    const sessions = this.#sessions;
    const startedAt = sessions[0]?.started_at;
    const endedAt = sessions.at(-1)?.ended_at;
    return {
      ...(startedAt != null ? { startedAt: Number(startedAt) } : {}),
      ...(endedAt != null ? { endedAt: Number(endedAt) } : {}),
    };
  }

  /** How far it is, if it is under way. */
  get underWay(): UnderWay | undefined {
    if (this.state !== "under way") return undefined;
    const last = this.#sessions.at(-1);
    const holder = holderOf(this.path);
    const counts = this.#tasks.flatMap(({ name }) => inputsOf(holder, name) ?? []);
    const areKnown = counts.length === this.#tasks.length;
    return {
      ...last && { since: Number(last.started_at) },
      ...holder && { holder },
      ...areKnown && { inputs: counts.reduce((sum, count) => sum + count, 0) },
    };
  }

  /** Its tasks, in their order in the run. */
  get tasks(): readonly KeptTask[] {
    return this.#tasks.map((task) => ({ ...task, total: this.totalOf(task.id) }));
  }

  /** How many of its jobs are done, and how many ended otherwise. */
  get counts(): { readonly done: number; readonly notWell: number } {
    let [jobs, done] = [0, 0];
    for (const { id } of this.#tasks) {
      const total = hasSums(this.database)
        ? placedTotal(this.database, id)
        : countIn(this.database, ...placesOf(id));
      jobs += total.jobs;
      done += total.done;
    }
    return { done, notWell: jobs - done };
  }

  /** How many jobs of a task have a place; not told while there may be more. */
  totalOf(task: number): Total | undefined {
    if (!hasSums(this.database) || isHeld(this.path)) return undefined;
    return placedTotal(this.database, task);
  }

  get #sessions() {
    const query = "SELECT started_at, ended_at, how FROM sessions ORDER BY id";
    return readingFrom(this.database, () => this.database.prepare(query).all());
  }

  get #tasks(): readonly KeptTask[] {
    return readingFrom(this.database, () =>
      this.database.prepare(`
      SELECT id, name, digest, fingerprint FROM tasks AS t
      WHERE session = (SELECT max(session) FROM tasks WHERE name = t.name)
      ORDER BY (SELECT min(id) FROM tasks WHERE name = t.name)`).all()) as unknown as KeptTask[];
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}

/** Whether all is allowed: else Deno takes the URL of a database for its path. */
function mayAll(): boolean {
  const names = ["read", "write", "env", "run", "net", "ffi", "sys"] as const;
  return names.every((name) => Deno.permissions.querySync({ name }).state === "granted");
}

/**
 * Whoever makes a journal makes its sums, too.
 *
 * @throws {Fault} Of kind `journal`, if what it says of its run cannot be read.
 */
function checkJson(database: DatabaseSync, record: RunRecord | undefined): void {
  try {
    const lists = [record?.origin, record?.argv].map((text) => JSON.parse(text ?? ""));
    const isText = (item: unknown) => typeof item === "string";
    if (lists.every((list) => Array.isArray(list) && list.every(isText))) return;
  } catch {
    // It is told below.
  }
  throw damaged(database, "what it says of its run cannot be read");
}

/** How many inputs a task has, if its program says so. */
export function inputsOf(holder: Holder | undefined, task: string): number | undefined {
  return holder && Object.hasOwn(holder.inputs, task) ? holder.inputs[task] : undefined;
}

/** Whether a log is none, or one of which nothing need count yet: a longer or a damaged one had a run in it. */
function mayBeFirstLog(path: string): boolean {
  if (!exists(path)) return true;
  const bytes = Deno.readFileSync(path);
  if (bytes.length < 4) return true;
  const magic = new DataView(bytes.buffer).getUint32(0) & ~1;
  return magic === LOG_MAGIC && bytes.length <= FIRST_LOG_BYTES;
}
