/**
 * Whether one job would be done again if its run were resumed.
 *
 * @module
 */

import type { Outcome, Task } from "../job.ts";
import { EventLoopYield } from "../time/clock.ts";
import { keyOf } from "./column.ts";
import {
  dependsOnIndex,
  differences,
  fingerprintOf,
  parseFingerprint,
} from "../modules/fingerprint.ts";
import type { FilesOf } from "../source.ts";
import { keptOutcome, keptOutcomes } from "./kept_outcomes.ts";
import type { KeptRun, KeptTask } from "./kept_run.ts";
import { columnOf, tellsApart } from "./record.ts";
import { idOfTask, KEY, PLACES, placesOf } from "./tables.ts";
import { SeenFiles } from "./seen_files.ts";

/** How many inputs are read before others may have a turn. */
const INPUTS_PER_TURN = 4096;

/** A task as a journal has it, and what its jobs are known by. */
export interface Matching {
  readonly task: string;
  /** Its id in the journal. */
  readonly id: number;
  /** Whether a job is another one at another position, though its input be the same. */
  readonly dependsOnIndex: boolean;
  /** Tells the files that an input names, where inputs are such. */
  readonly filesOf?: FilesOf;
}

/** How a job stands that has an input now. */
export interface Standing {
  readonly input: unknown;
  /** The job that would be taken over; its index is that of before. Nothing if the job would be done. */
  readonly kept?: Outcome;
  /** The files that are not what the job saw that would be taken over but for them. */
  readonly changed?: readonly string[];
  /** What ended at this position before. */
  readonly here?: Outcome;
  /** The positions at which jobs with this input ended before. */
  readonly had: readonly number[];
}

/**
 * The task in the journal whose jobs a resumed run would take over; or else the last one, and what has changed.
 *
 * @param before The task as the journal had it last.
 * @param folder The folder that paths in fingerprints start from.
 */
export function matchingOf(
  { database }: KeptRun,
  before: KeptTask,
  now: Task,
  folder: string,
  filesOf: FilesOf | undefined,
): { readonly matching: Matching; readonly changes: readonly string[] } {
  const fingerprint = fingerprintOf(now, { folder });
  const same = idOfTask(database, now.name, fingerprint.digest);
  const matching = {
    task: now.name,
    id: same ?? before.id,
    dependsOnIndex: dependsOnIndex(now),
    filesOf,
  };
  if (same !== undefined) return { matching, changes: [] };
  return { matching, changes: differences(parseFingerprint(before.fingerprint), fingerprint) };
}

/**
 * How a job stands; or how many inputs there are, if they end before it. They are read as far as that.
 *
 * An input finds jobs of before as a resumed run has it find them: as many jobs with one input are kept as there were,
 * for those that come first.
 *
 * @throws {Fault} Of kind `journal`, if jobs are not what was written.
 */
export async function standingOf(
  run: KeptRun,
  { task, id, dependsOnIndex, filesOf }: Matching,
  index: number,
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
): Promise<Standing | number> {
  // Jobs are looked for below, and one that was changed would not be found.
  for (const _ of keptOutcomes(run.database, { id, name: task, total: run.totalOf(id) }));
  const keys: string[] = [];
  const turns = new EventLoopYield();
  for await (const input of inputs) {
    const column = columnOf(input, keys.length);
    keys.push(keyOf(column));
    if (keys.length % INPUTS_PER_TURN === 0) await turns.next();
    if (keys.length <= index) continue;
    const first = id * PLACES;
    const key = keys[index] as string;
    const ids = tellsApart(column) ? idsOf(run, id, key) : [];
    const free = new Set(ids);
    let place = dependsOnIndex && free.has(first + index) ? first + index : undefined;
    for (let i = 0; i <= index && !dependsOnIndex; i++) {
      if (keys[i] !== key) continue;
      place = foundFrom(first + i, free);
      if (place !== undefined) free.delete(place);
    }
    const outcomeAt = (id: number) => keptOutcome(run.database, task, id);
    const changed = filesOf && place !== undefined
      ? new SeenFiles(filesOf).changedSince(sawOf(run, place), input)
      : [];
    const kept = place === undefined || changed.length > 0 ? undefined : outcomeAt(place);
    const had = ids.filter((id) => id >= 0).map((id) => id - first);
    const here = outcomeAt(first + index);
    return { input, kept, here, had, ...changed.length > 0 && { changed } };
  }
  return keys.length;
}

function sawOf({ database }: KeptRun, id: number): string | null {
  return database.prepare("SELECT saw FROM jobs WHERE id = ?").get(id)?.saw as string | null;
}

/** Which of these jobs an input finds: the one in its place, else the one that lost its place last, else the first. */
function foundFrom(place: number, free: ReadonlySet<number>): number | undefined {
  if (free.has(place)) return place;
  const ids = [...free];
  return ids.findLast((id) => id >= 0 && id < place) ?? ids[0];
}

/** The ids of the jobs that had an input; first those whose place another input has taken. */
function idsOf({ database }: KeptRun, task: number, key: string): readonly number[] {
  const [from, to] = placesOf(task);
  const rows = database.prepare(`SELECT id FROM jobs
    WHERE task = ? AND (id < 0 OR (id >= ? AND id < ?)) AND ${KEY} = ? ORDER BY id`);
  return rows.all(task, from, to, key).map((row) => Number(row.id));
}
