/**
 * Jobs of a journal that are not where their inputs are now.
 *
 * @module
 */

import type { StatementSync } from "node:sqlite";
import type { Journal } from "./journal.ts";
import { KEY, PLACES } from "./tables.ts";
import { movedSum, PLACE, placeSum, UNPLACE } from "./sums.ts";

/** The jobs of a task that have not been found yet, by what tells their inputs apart. */
export class OtherJobs {
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
