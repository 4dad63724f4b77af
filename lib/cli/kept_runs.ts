/**
 * The runs in a folder, each in short.
 *
 * @module
 */

import { messageOf } from "../fault.ts";
import type { RunRecord } from "../journal/journal.ts";
import { filesOfRun } from "../journal/remove_run.ts";
import { KeptRun, type RunState } from "../journal/kept_run.ts";
import { journalPath, keptRuns } from "../journal/state.ts";

/** A run in short. */
export interface KeptRunInfo {
  readonly id: string;
  /** The room that it takes on disk. */
  readonly bytes: number;
  /** When it was written last, in ms since the epoch. */
  readonly writtenAt: number;
  /** What its journal says; or why that cannot be read. */
  readonly told: RunInfo | { readonly fault: string };
}

/** What the journal of a run says in short. */
export interface RunInfo {
  readonly record: RunRecord;
  readonly state: RunState;
  readonly startedAt?: number;
  /** Names of its tasks, in their order. */
  readonly tasks: readonly string[];
  readonly done: number;
  readonly notWell: number;
}

/** The runs in a folder, the latest first; one after the other is looked at. */
export async function* keptRunInfos(folder: string): AsyncGenerator<KeptRunInfo> {
  for (const id of keptRuns(folder)) {
    const path = journalPath(folder, id);
    const files = filesOfRun(path);
    // It may have been removed just now.
    if (files.length === 0) continue;
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const writtenAt = Math.max(...files.map(({ mtime }) => mtime?.getTime() ?? 0));
    yield { id, bytes, writtenAt, told: await infoOf(path) };
  }
}

async function infoOf(path: string): Promise<KeptRunInfo["told"]> {
  try {
    using run = await KeptRun.open(path);
    const { record, state, times: { startedAt }, counts } = run;
    return { record, state, startedAt, tasks: run.tasks.map(({ name }) => name), ...counts };
  } catch (thrown) {
    return { fault: messageOf(thrown) };
  }
}
