/**
 * What a journal says of its run in short.
 *
 * @module
 */

import { checkVersion, type RunRecord } from "./journal.ts";
import type { SessionEnd } from "./session.ts";

/** A run, and what has come of it until now. */
export interface RunSummary extends RunRecord {
  readonly startedAt: number;
  /** How its last session ended; nothing if it was interrupted, or is under way. */
  readonly how?: SessionEnd;
  readonly done: number;
  /** Jobs that ended otherwise. */
  readonly notWell: number;
}

/** What a journal says; nothing if it is damaged, or of a newer version. */
export async function summaryOf(path: string): Promise<RunSummary | undefined> {
  const { DatabaseSync } = await import("node:sqlite");
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      checkVersion(path, database);
      const run = database.prepare("SELECT * FROM run").get() as unknown as RunRecord;
      const sessions = database.prepare("SELECT started_at, how FROM sessions ORDER BY id").all();
      const counts = database.prepare(
        "SELECT count(*) FILTER (WHERE kind = 'done') AS done, count(*) FILTER (WHERE kind <> 'done') AS not_well FROM outcomes",
      ).get();
      return {
        ...run,
        startedAt: Number(sessions[0]?.started_at),
        how: (sessions.at(-1)?.how ?? undefined) as SessionEnd | undefined,
        done: Number(counts?.done),
        notWell: Number(counts?.not_well),
      };
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}
