/**
 * What the jobs of a run come to.
 *
 * @module
 */

import type { Outcome } from "../job.ts";
import { checkShort, taskRows, type TaskRowsOptions } from "./checks.ts";
import type { KeptRun, KeptTask } from "./kept_run.ts";

/** A job, and how long it took. */
export interface TimedJob {
  readonly id: number;
  readonly task: string;
  readonly durationMs: number;
}

/** A job as it is counted. */
export interface CountedJob {
  readonly task: string;
  readonly kind: Outcome["kind"];
  /** In ms since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly slot: number;
}

/** What the jobs of one task come to. */
export interface TaskStatistics {
  readonly task: string;
  /** How many jobs ended how; none that is 0. */
  readonly counts: Readonly<Partial<Record<Outcome["kind"], number>>>;
  readonly jobs: number;
  readonly totalMs: number;
  /** The lower of the two in the middle, if there are two; nothing without jobs. */
  readonly medianMs?: number;
}

/** What the jobs of a run come to. */
export interface RunStatistics {
  readonly tasks: readonly TaskStatistics[];
  /** Those that took longest, the slowest first. */
  readonly slowest: readonly TimedJob[];
  /** The first that did not end well: of the first task that has one, by the order of inputs. */
  readonly firstFailed?: Pick<TimedJob, "id" | "task">;
}

type Row = readonly [
  id: number,
  kind: Outcome["kind"],
  durationMs: number,
  idx: number | null,
  sum: number,
  task: number,
  attempts: number,
  startedAt: number,
  slot: number,
  pid: number | null,
  large: number,
];

/** What is read of a job, in the order of {@link Row}, and how: many at a time, which is four times as quick. */
const ROWS: TaskRowsOptions<Row> = {
  columns: "id, kind, duration_ms, idx, sum, task, attempts, started_at, slot, pid, large",
  atOnce: 10_000,
  idOf: ([id]) => id,
};

/**
 * Counts the jobs of a run. Every row is read once: an index would cost each job of a run more than this.
 *
 * @param options Which jobs count, by default all, and how many of the slowest are told.
 * @throws {Fault} Of kind `journal`, if they are not what was written.
 */
export function runStatistics(
  run: KeptRun,
  options: {
    readonly tasks?: readonly KeptTask[];
    readonly slowest: number;
    readonly onlyFailed?: boolean;
    /** Is given each job that counts. */
    readonly each?: (job: CountedJob) => void;
  },
): RunStatistics {
  const { database } = run;
  const slowest = new Slowest(options.slowest);
  let firstFailed: RunStatistics["firstFailed"];
  const tasks = (options.tasks ?? run.tasks).map((task) => {
    const counts: Partial<Record<Outcome["kind"], number>> = {};
    const times: number[] = [];
    let totalMs = 0;
    for (const row of taskRows(database, task, ROWS)) {
      // Not taken apart as a list, which would take longer than the sum.
      const id = row[0], kind = row[1], durationMs = row[2];
      const short = [row[5], kind, row[6], row[7], durationMs, row[8], row[9], row[10]] as const;
      checkShort(database, task.name, id, row[3], short, row[4]);
      if (options.onlyFailed && kind === "done") continue;
      counts[kind] = (counts[kind] ?? 0) + 1;
      times.push(durationMs);
      totalMs += durationMs;
      slowest.add(id, task.name, durationMs);
      options.each?.({ task: task.name, kind, startedAt: row[7], durationMs, slot: row[8] });
      if (kind !== "done") firstFailed ??= { id, task: task.name };
    }
    const sorted = Float64Array.from(times).sort();
    const medianMs = sorted[Math.ceil(sorted.length / 2) - 1];
    return { task: task.name, counts, jobs: times.length, totalMs, medianMs };
  });
  return { tasks, slowest: slowest.jobs, firstFailed };
}

/** Keeps the slowest of many jobs; of those that took as long, the first. */
class Slowest {
  readonly jobs: TimedJob[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(id: number, task: string, durationMs: number): void {
    const last = this.jobs[this.#limit - 1];
    if (last && last.durationMs >= durationMs) return;
    const place = this.jobs.findIndex((job) => job.durationMs < durationMs);
    this.jobs.splice(place === -1 ? this.jobs.length : place, 0, { id, task, durationMs });
    this.jobs.splice(this.#limit);
  }
}
