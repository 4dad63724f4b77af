/**
 * The folder in which runs are kept.
 *
 * @module
 */

import { join } from "node:path";
import { Fault, messageOf } from "../fault.ts";

/** Where runs are kept, seen from the current folder, where nobody says otherwise. */
const FOLDER = ".fanfold";

/** How long a lock is tried that others share, in ms: looking takes microseconds. */
const LOOK_MS = 1000;

/** The folder of journals: below the one that is named, or that `FANFOLD_STATE` names, or `.fanfold`. */
export function runsFolder(named: string | undefined): string {
  return join(named ?? (Deno.env.get("FANFOLD_STATE") || FOLDER), "runs");
}

/**
 * Makes the folder, for its owner alone: inputs and outputs may be private. What is in it is kept out of git.
 *
 * @throws {Fault} Of kind `journal`, if there cannot be such a folder.
 */
export function makeRunsFolder(folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const ignored = join(folder, ".gitignore");
    if (!exists(ignored)) Deno.writeTextFileSync(ignored, "*\n");
  } catch (cause) {
    throw new Fault("journal", `Cannot keep a journal in "${folder}": ${messageOf(cause)}`, {
      cause,
      hint: "another folder is named by --state-dir; --no-journal does without",
    });
  }
}

/** The path of a run's journal. */
export function journalPath(folder: string, runId: string): string {
  return join(folder, `${runId}.db`);
}

/** The ids of the runs that are kept, the latest first. */
export function keptRuns(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name }) => /^(.+)\.db$/.exec(name)?.[1] ?? [])
      .sort().reverse();
  } catch {
    return [];
  }
}

/** Holds a run, so that no other program goes on with it; let go of when this program ends, however it does. */
export class RunLock implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;

  /** @throws {Fault} Of kind `journal`, if another program holds it. */
  constructor(journal: string) {
    this.#path = `${journal}.lock`;
    this.#file = Deno.openSync(this.#path, { write: true, create: true });
    let isMine = this.#file.tryLockSync(true);
    // Who only looks whether it is held shares it for a moment, which is no reason not to have it.
    const end = performance.now() + LOOK_MS;
    while (!isMine && this.#file.tryLockSync(false) && performance.now() < end) {
      isMine = this.#file.tryLockSync(true);
    }
    if (isMine && this.#isStillThere()) return;
    this.#file.close();
    throw new Fault("journal", `Cannot go on with "${journal}": it is being written`, {
      hint: "the run is under way, or another fanfold goes on with it",
    });
  }

  /** Lets go of it. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.#path);
    this.#file.close();
  }

  /** Who held it may just have removed it, and the next one made another. */
  #isStillThere(): boolean {
    return exists(this.#path) && Deno.statSync(this.#path).ino === this.#file.statSync().ino;
  }
}

/** Whether a program holds a run now. */
export function isHeld(journal: string): boolean {
  try {
    using file = Deno.openSync(`${journal}.lock`);
    return !file.tryLockSync(false);
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
