/**
 * What earlier runs of the same tell of how long jobs take.
 *
 * @module
 */

import type { Task, TimeBefore } from "../../job.ts";
import { originIn } from "../request/journal_request.ts";
import type { RunRequest } from "../request/run_request.ts";
import { keepingFolder } from "./kept_folder.ts";

type Asked = Pick<RunRequest, "tasks" | "times">;

/** Tells how long inputs took in earlier runs of the same; nothing where no task asks for it. */
export async function timesOf(
  { tasks, times }: Asked,
): Promise<((task: Task) => TimeBefore | undefined) | undefined> {
  const names = tasks.flatMap(({ order, name }) => order === undefined ? [] : [name]);
  if (!times || names.length === 0) return undefined;
  const { timeIn, timesBefore } = await import("../../journal/times_before.ts");
  const known = await timesBefore(keepingFolder(times.stateDir, times.here), names, sameAs(times));
  return ({ name }) => {
    const times = known.get(name);
    return times && timeIn(times);
  };
}

/**
 * How long jobs of these tasks took in earlier runs of the same, in ms, by the names of tasks.
 *
 * @param runId The id of the run that is under way, if that is kept.
 */
export async function durationsOf(
  { tasks, times }: Asked,
  runId: string | undefined,
): Promise<ReadonlyMap<string, readonly number[]>> {
  if (!times) return new Map();
  const { durationsBefore } = await import("../../journal/times_before.ts");
  const names = tasks.map(({ name }) => name);
  return await durationsBefore(
    keepingFolder(times.stateDir, times.here),
    names,
    sameAs(times),
    runId,
  );
}

/** Whether an origin is that of a run of the same; it may be of another copy of the project. */
function sameAs({ what }: NonNullable<Asked["times"]>): (origin: string) => boolean {
  return (origin) => what.every((word, i) => originIn(origin).what[i] === word);
}
