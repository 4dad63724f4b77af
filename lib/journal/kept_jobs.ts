/**
 * Jobs that have ended in a session before: what is not done again.
 *
 * @module
 */

import type { StatementSync } from "node:sqlite";
import { checkRow, type EndedRow, type KnownTask, notWritten } from "./checks.ts";
import type { ErrorRecord, PriorOutcome, PriorOutcomes } from "../job.ts";
import { type Column, fromColumn, keyOf } from "./column.ts";
import type { Journal } from "./journal.ts";
import { columnOf, outputOf, removePieces, tellsApart, wholeColumn } from "./record.ts";
import { inArrays, prepared } from "./database.ts";
import { COLUMNS, IS_PLAIN, KEY, PLACES, PLAIN_COLUMNS } from "./tables.ts";
import { movedSum, PLACE, placeSum, plainSum, UNPLACE } from "./sums.ts";

/** How jobs are taken over. */
export interface KeptJobsOptions {
  /** Whether jobs that did not end well are done again. */
  readonly repeatsFailed: boolean;
  /** Whether a job is another one at another position, though its input be the same. */
  readonly dependsOnIndex: boolean;
  /** Whether the files of an input are what a job saw. @default there are none */
  readonly isAsSeen?: (saw: string | null, input: unknown) => boolean;
}

/** What is read of a job that is not like most. */
const READ = [...COLUMNS, "saw", "sum", `${KEY} AS key`].join();

interface Row extends EndedRow {
  readonly key: string;
}

/** What is read of a job like most. */
type PlainRow = readonly [
  id: number,
  input: Column,
  value: Column,
  startedAt: number,
  durationMs: number,
  slot: number,
  pid: number | null,
  sum: number,
];

/**
 * The jobs of one task that a journal has. Each of them is found once, by its input: first where it was, and if
 * inputs have changed, wherever it was; its place in the journal is that of the input from then on. So of an
 * input that comes twice two jobs are found, if there were two.
 */
export class KeptJobs implements PriorOutcomes {
  readonly #journal: Journal;
  readonly #task: number;
  readonly #name: string;
  readonly #options: KeptJobsOptions;
  readonly #block: StatementSync;
  readonly #one: StatementSync;
  readonly #place: StatementSync;
  /** How many there are that no input has found. */
  left: number;
  /** Those of them, as soon as an input was not where it had been. */
  #others?: OtherJobs;

  constructor(journal: Journal, { id, name }: KnownTask, options: KeptJobsOptions) {
    this.#journal = journal;
    this.#task = id;
    this.#name = name;
    this.#options = options;
    const plain = `id >= ? AND id < ? AND ${IS_PLAIN}`;
    const columns = [...PLAIN_COLUMNS, "sum"].join();
    const { database } = journal;
    this.#block = inArrays(
      prepared(database, `SELECT ${columns} FROM jobs WHERE ${plain} ORDER BY id`),
    );
    this.#one = prepared(database, `SELECT ${READ} FROM jobs WHERE id = ?`);
    this.#place = database.prepare(PLACE);
    this.left = journal.totals.of(id).jobs;
  }

  /**
   * The jobs of consecutive inputs that are kept, by offset; each index is asked for once, in their order.
   *
   * @param first Index of the first input.
   */
  find(first: number, inputs: readonly unknown[]): ReadonlyMap<number, PriorOutcome> {
    const found = new Map<number, PriorOutcome>();
    if (this.left === 0) return found;
    this.#journal.flush();
    this.#journal.transact(() => this.#findAll(first, inputs, found));
    return found;
  }

  #findAll(first: number, inputs: readonly unknown[], found: Map<number, PriorOutcome>): void {
    const start = this.#task * PLACES + first;
    // Of a job each column costs about a tenth of a microsecond.
    const rows = this.#block.all(start, start + inputs.length) as unknown as PlainRow[];
    let at = 0;
    for (let offset = 0; offset < inputs.length && this.left > 0; offset++) {
      const id = start + offset;
      const column = columnOf(inputs[offset], first + offset);
      const plain = rows[at]?.[0] === id ? rows[at++] : undefined;
      const job = this.#plainJob(id, column, plain) ??
        this.#anyJob(id, column, inputs[offset]);
      if (job) found.set(offset, job);
    }
  }

  #plainJob(id: number, column: Column, row: PlainRow | undefined): PriorOutcome | undefined {
    if (!row || row[1] !== column || this.#options.isAsSeen) return undefined;
    if (!tellsApart(column)) return undefined;
    // It may have been moved since the rows were read.
    if (this.#others && !this.#others.remove(id)) return undefined;
    // Not taken apart as a list, which would take longer than the sum.
    const value = row[2], startedAt = row[3], durationMs = row[4], slot = row[5];
    if (plainSum(id, row[1], value, startedAt, durationMs, slot, row[6]) !== row[7]) {
      throw notWritten(this.#journal.database, this.#name, id);
    }
    this.left--;
    const pid = row[6] ?? undefined;
    const whole = fromColumn(value);
    const output = undefined;
    return {
      ending: { kind: "done", value: whole, startedAt, durationMs, slot, pid, output },
      attempts: 1,
    };
  }

  #anyJob(id: number, column: Column, input: unknown): PriorOutcome | undefined {
    const key = keyOf(column);
    const row = this.#rowOf(id, key, this.#rowAt(id));
    if (!row) return undefined;
    this.left--;
    if (tellsApart(column) && this.#isKept(row, key, input)) return this.#jobOf(row);
    this.#remove(row);
    return undefined;
  }

  #rowAt(id: number): Row | undefined {
    const row = this.#one.get(id) as unknown as Row | undefined;
    if (row) checkRow(this.#journal.database, this.#name, row);
    return row;
  }

  #rowOf(id: number, key: string, row: Row | undefined): Row | undefined {
    if (row?.key === key && (this.#others?.remove(id) ?? true)) {
      if (row.idx === null) this.#place.run(id - this.#task * PLACES, id);
      return row;
    }
    if (this.#options.dependsOnIndex) return row;
    this.#others ??= new OtherJobs(this.#journal, this.#task, id);
    if (row) this.#others.displace(id);
    const isMoved = this.#others.move(key, id, id - this.#task * PLACES);
    return isMoved ? this.#rowAt(id) : undefined;
  }

  #isKept({ key: found, kind, saw }: Row, key: string, input: unknown): boolean {
    const { repeatsFailed, isAsSeen } = this.#options;
    return found === key && (kind === "done" || !repeatsFailed) &&
      (isAsSeen?.(saw as string | null, input) ?? true);
  }

  /** What is done again has not ended any more: if this session is cut off, the next one does it. */
  #remove({ id, task, kind, large }: Row): void {
    if (large) removePieces(this.#journal, id);
    this.#journal.totals.add(task, -1, kind === "done" ? -1 : 0);
    prepared(this.#journal.database, "DELETE FROM jobs WHERE id = ?").run(id);
  }

  #jobOf(row: Row): PriorOutcome {
    const { kind, attempts, started_at: startedAt, duration_ms: durationMs, slot } = row;
    const pid = row.pid ?? undefined;
    const { database } = this.#journal;
    const output = outputOf(database, row);
    // Nothing is spread here: there may be millions of these, and a spread costs several times as much.
    if (kind === "done") {
      const whole = fromColumn(wholeColumn(database, row, "value"));
      const ending = { kind, value: whole, startedAt, durationMs, slot, pid, output };
      return { ending, attempts };
    }
    const record = fromColumn(wholeColumn(database, row, "error")) as ErrorRecord;
    const ending = { kind, error: record, startedAt, durationMs, slot, pid, output };
    return { ending, attempts };
  }
}

/** The jobs of a task that have not been found yet, by what tells their inputs apart. */
class OtherJobs {
  readonly #remove: StatementSync;
  readonly #find: StatementSync;
  readonly #rename: readonly StatementSync[];
  readonly #unplace: StatementSync;
  readonly #place: StatementSync;
  readonly #task: number;
  #spare: number;

  /** @param from Those before this id have been found. */
  constructor({ database }: Journal, task: number, from: number) {
    const table = `temp.others_${task}`;
    database.exec(`DROP TABLE IF EXISTS ${table};
      CREATE TABLE ${table} (id INTEGER PRIMARY KEY, key TEXT NOT NULL);
      INSERT INTO ${table} SELECT id, ${KEY} FROM jobs
        WHERE task = ${task} AND (id < 0 OR id >= ${from});
      CREATE INDEX temp.others_by_key_${task} ON others_${task} (key)`);
    this.#task = task;
    this.#remove = database.prepare(`DELETE FROM ${table} WHERE id = ?`);
    this.#find = database.prepare(`SELECT id FROM ${table} WHERE key = ? ORDER BY id LIMIT 1`);
    this.#rename = [
      database.prepare(`UPDATE jobs SET id = ?2, sum = ${movedSum("?3")} WHERE id = ?1`),
      database.prepare(`UPDATE pieces SET job = ?2, sum = ${movedSum("?3")} WHERE job = ?1`),
      database.prepare(`UPDATE ${table} SET id = ?2 WHERE id = ?1 AND ?3 IS NOT NULL`),
    ];
    this.#unplace = database.prepare(`${UNPLACE} id = ?`);
    this.#place = database.prepare(PLACE);
    // Each task has ids below zero of its own: several may be under way.
    const { least } = database.prepare("SELECT min(id) AS least FROM jobs WHERE id > ?")
      .get(-(task + 1) * PLACES) ?? {};
    this.#spare = Math.min(-task * PLACES, Number(least ?? 0)) - 1;
  }

  /** A job was found in its place; says whether it was still there. */
  remove(id: number): boolean {
    return Number(this.#remove.run(id).changes) > 0;
  }

  /** Has the job of another input leave its place. */
  displace(id: number): void {
    this.#unplace.run(id);
    this.#renumber(id, this.#spare--);
  }

  /** Moves a job of this key to an id which is free; says whether there is one. */
  move(key: string, id: number, idx: number): boolean {
    const found = this.#find.get(key);
    if (!found) return false;
    this.#renumber(Number(found.id), id);
    this.#place.run(idx, id);
    return this.remove(id);
  }

  #renumber(from: number, to: number): void {
    const moved = placeSum(from, true) ^ placeSum(to, true);
    for (const statement of this.#rename) statement.run(from, to, moved);
  }
}
