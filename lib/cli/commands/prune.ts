/**
 * Runs that are removed because somebody asked for it.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { journalPath, removeRun } from "../../journal/runs_folder.ts";
import { roomText } from "../../text/amounts.ts";
import { isRunId } from "../../run_id.ts";
import { wantedCount } from "../../rules/counts.ts";
import { parseTime } from "../../rules/durations.ts";
import { type Args, checkConflicts } from "../request/args.ts";
import type { KeptRunInfo } from "../kept/kept_runs.ts";

/** Which runs stay. */
export interface Keeping {
  /** The latest so many. */
  readonly count: number;
  /** Those that were written since so many ms. */
  readonly ms: number;
}

/**
 * What the options say is to stay; nothing if nothing is to be removed.
 *
 * @throws {Fault} Of kind `usage`, if they do not say it.
 */
export function readKeeping(args: Args): Keeping | undefined {
  const { keep, "older-than": olderThan, prune } = args.options;
  checkConflicts(args, ["keep", "older-than"]);
  if (prune === undefined) return undefined;
  if (keep === undefined && olderThan === undefined) {
    throw new Fault("usage", "Cannot prune runs: found no limit, wanted --keep or --older-than");
  }
  return { count: countOf(keep), ms: ageOf(olderThan) };
}

/** Removes what is to go, but no run that is under way, and no file that has not the name of a run; in words. */
export function prune(
  folder: string,
  runs: readonly KeptRunInfo[],
  { count, ms }: Keeping,
): readonly string[] {
  const since = Date.now() - ms;
  const ours = runs.filter(({ id }) => isRunId(id));
  const lines: string[] = [];
  let [removed, room] = [0, 0];
  for (const { id, writtenAt, told } of ours.slice(count)) {
    if (writtenAt > since) continue;
    if ("state" in told && told.state === "under way") {
      lines.push(`kept ${id}: it is under way`);
      continue;
    }
    const bytes = removeRun(journalPath(folder, id));
    lines.push(`removed ${id}: ${roomText(bytes)}`);
    removed++;
    room += bytes;
  }
  return [...lines, `${removed} of ${ours.length} runs removed, ${roomText(room)} given back`];
}

function countOf(keep: string | undefined): number {
  if (keep === undefined) return 0;
  if (/^\d+$/.test(keep) && Number.isSafeInteger(Number(keep))) return Number(keep);
  throw new Fault("usage", `Cannot read --keep: found "${keep}", wanted ${wantedCount(keep, 0)}`);
}

/** Seconds without a unit would be the end of most runs, where days were meant. */
function ageOf(olderThan: string | undefined): number {
  if (olderThan === undefined) return 0;
  const ms = /[a-z]$/.test(olderThan) ? parseTime(olderThan) : undefined;
  if (ms !== undefined) return ms;
  const found = `Cannot read --older-than: found "${olderThan}"`;
  throw new Fault("usage", `${found}, wanted a time with its unit: 90m, 12h, 30d`);
}
