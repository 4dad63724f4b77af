/**
 * The sum of what a journal says of its run: of the run itself, its sessions and its tasks.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { damaged } from "./damage.ts";
import type { Cell } from "./tables.ts";
import { sumOf } from "./sums.ts";

/** What is under the seal: each row of each query. The tables themselves are, for a name that changed hides a column. */
const SEALED = [
  "SELECT id, version, folder, origin, argv FROM run",
  "SELECT id, started_at, ended_at, how FROM sessions ORDER BY id",
  "SELECT id, name, digest, fingerprint, session, inputs FROM tasks ORDER BY id",
  `SELECT name, sql FROM sqlite_schema WHERE name IN
    ('run', 'sessions', 'tasks', 'jobs', 'pieces', 'totals', 'seal') ORDER BY name`,
];

/** Has the seal say what there is now, in the transaction of what has changed it. */
export function seal(database: DatabaseSync): void {
  database.prepare("INSERT OR REPLACE INTO seal VALUES (1, ?)").run(sumNow(database));
}

/** @throws {Fault} Of kind `journal`, if a journal does not say what was written. */
export function checkSeal(database: DatabaseSync): void {
  const found = database.prepare("SELECT sum FROM seal WHERE id = 1").get();
  if (found?.sum !== sumNow(database)) {
    throw damaged(database, "what it says of its run is not what was written");
  }
}

function sumNow(database: DatabaseSync): number {
  return sumOf(SEALED.map((query) => {
    const rows = database.prepare(query).all() as Record<string, Cell>[];
    return sumOf(rows.flatMap((row) => Object.values(row)));
  }));
}
