/**
 * How long jobs took in earlier runs.
 *
 * @module
 */

import type { TimeBefore } from "../job.ts";
import { keyOf } from "./column.ts";
import { taskRows, type TaskRowsOptions } from "./checks.ts";
import { KeptRun, type KeptTask } from "./kept_run.ts";
import { columnOf } from "./record.ts";
import { journalPath, keptRuns } from "./runs_folder.ts";
import { KEY } from "./tables.ts";

/** How many runs count for a task: an input need not be one of the last. */
const RUNS = 5;

/** How many of the latest runs are looked at, of whatever tasks they are. */
const LOOKED_AT = 100;

/** What is read of a job, many at a time, which is quicker. */
const ROWS: TaskRowsOptions<readonly [id: number, key: string, ms: number, kind: string]> = {
  columns: `id, ${KEY}, duration_ms, kind`,
  atOnce: 10_000,
  idOf: ([id]) => id,
};

/** How long inputs of a task took, in ms, by what tells them apart: see {@link keyOf}. */
export type Times = ReadonlyMap<string, number>;

/**
 * How long the jobs of tasks took in earlier runs that are kept, by the names of those tasks for which something is
 * known: the last attempt of those that are done, in the latest run that has the input; of one that comes
 * several times there, the longest. For each task the latest five runs count that have jobs of it which are done, among
 * the latest hundred of the folder. It takes memory for each input.
 *
 * It only helps: a run that is damaged, is of a newer version or cannot be read is passed over, and nothing is told of
 * that.
 *
 * @param folder Where runs are kept; there need be none.
 * @param isSame Whether a run counts, told its origin: tasks of one name may do different things.
 */
export async function timesBefore(
  folder: string,
  tasks: readonly string[],
  isSame: (origin: string) => boolean,
): Promise<ReadonlyMap<string, Times>> {
  const known = new Map<string, { times: Map<string, number>; runs: number }>();
  await readEarlier(folder, isSame, {
    wanted: () => tasks.filter((name) => (known.get(name)?.runs ?? 0) < RUNS),
    read(run, task) {
      const times = timesIn(run, task);
      if (times.size === 0) return;
      const { times: later, runs } = known.get(task.name) ?? { times, runs: 0 };
      for (const [key, ms] of times) if (!later.has(key)) later.set(key, ms);
      known.set(task.name, { times: later, runs: runs + 1 });
    },
  });
  return new Map([...known].map(([name, { times }]) => [name, times]));
}

/** How many durations of a task are read, of those that stand first. */
const DURATIONS = 1000;

/**
 * How long jobs of tasks took that are done, in ms, in the latest run that counts and has some, by the names of those
 * tasks for which something is known: a thousand of each at the most. It helps as {@link timesBefore} does.
 *
 * @param until The id of the run that is under way; it does not count, nor does any behind it. @default all count
 */
export async function durationsBefore(
  folder: string,
  tasks: readonly string[],
  isSame: (origin: string) => boolean,
  until?: string,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const known = new Map<string, readonly number[]>();
  const options = { ...ROWS, atOnce: DURATIONS };
  await readEarlier(folder, isSame, {
    until,
    wanted: () => tasks.filter((name) => !known.has(name)),
    read({ database }, task) {
      const durations: number[] = [];
      let looked = 0;
      for (const [, , ms, kind] of taskRows(database, task, options)) {
        if (kind === "done") durations.push(ms);
        if (++looked === DURATIONS) break;
      }
      if (durations.length > 0) known.set(task.name, durations);
    },
  });
  return known;
}

/** Who reads earlier runs. */
interface EarlierReader {
  /** See {@link durationsBefore}. */
  readonly until?: string;
  /** The names of the tasks of which more is wanted. */
  wanted(): readonly string[];
  read(run: KeptRun, task: KeptTask): void;
}

/** Reads tasks of earlier runs, the latest run first. */
async function readEarlier(
  folder: string,
  isSame: (origin: string) => boolean,
  { until, wanted, read }: EarlierReader,
): Promise<void> {
  const ids = runsIn(folder).filter((id) => until === undefined || id < until);
  for (const id of ids.slice(0, LOOKED_AT)) {
    const names = wanted();
    if (names.length === 0) return;
    try {
      using run = await KeptRun.open(journalPath(folder, id));
      if (!isSame(run.record.origin)) continue;
      for (const task of run.tasks) if (names.includes(task.name)) read(run, task);
    } catch {
      // It is told by who opens it to see what is in it, or to go on.
    }
  }
}

/** Tells the time of an input. */
export function timeIn(times: Times): TimeBefore {
  return (input, index) => times.get(keyOf(columnOf(input, index)));
}

function runsIn(folder: string): readonly string[] {
  try {
    return keptRuns(folder);
  } catch {
    return [];
  }
}

function timesIn({ database }: KeptRun, task: KeptTask): Map<string, number> {
  const times = new Map<string, number>();
  for (const [, key, ms, kind] of taskRows(database, task, ROWS)) {
    if (kind === "done") times.set(key, Math.max(ms, times.get(key) ?? 0));
  }
  return times;
}
