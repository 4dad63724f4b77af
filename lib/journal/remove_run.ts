/**
 * Runs on disk, and off it.
 *
 * @module
 */

import { Fault, messageOf } from "../fault.ts";
import { RunLock } from "./state.ts";

/** What stands behind the name of a journal in those of the files beside it. */
const ENDS = ["", "-wal", "-shm"];

/** A file of a run. */
export interface RunFile extends Pick<Deno.FileInfo, "size" | "mtime"> {
  readonly path: string;
}

/** The files of a run that are there: its journal, and what SQLite has beside it. */
export function filesOfRun(journal: string): readonly RunFile[] {
  return ENDS.flatMap((end) => {
    try {
      const path = `${journal}${end}`;
      const { size, mtime } = Deno.statSync(path);
      return [{ path, size, mtime }];
    } catch {
      return [];
    }
  });
}

/**
 * Removes a run, unless it is under way; gives the room it took, in bytes.
 *
 * @throws {Fault} Of kind `journal`, if another program is at it, or it may not be removed.
 */
export function removeRun(journal: string): number {
  try {
    using _lock = new RunLock(journal);
    const files = filesOfRun(journal);
    // The journal goes last: what is left of a removal that was cut off is still a run.
    for (const { path } of files.toReversed()) Deno.removeSync(path);
    return files.reduce((sum, { size }) => sum + size, 0);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault("journal", `Cannot remove "${journal}": ${messageOf(cause)}`, { cause });
  }
}
