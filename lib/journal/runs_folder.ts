/**
 * The folder in which runs are kept.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { Fault, messageOf } from "../fault.ts";
import { ELSEWHERE } from "./database.ts";

/** Where runs are kept, seen from the current folder, where nobody says otherwise. */
const FOLDER = ".fanfold";

/** Inputs and outputs may be private: what is kept is its owner's alone, whatever the folder and the umask allow. */
const OWNERS_ALONE = 0o600;

/** The same of folders. */
const FOLDER_OWNERS_ALONE = 0o700;

/** How long a lock is tried that others share, in ms: looking takes microseconds. */
const LOOK_MS = 1000;

/**
 * The folder of journals: below the one that is named, or that `FANFOLD_STATE` names, or `.fanfold`.
 *
 * @throws {Fault} Of kind `usage`, if that variable cannot be read.
 */
export function runsFolder(named: string | undefined): string {
  return join(named ?? (stateNamed() || FOLDER), "runs");
}

function stateNamed(): string | undefined {
  try {
    return Deno.env.get("FANFOLD_STATE");
  } catch (cause) {
    const what = cause instanceof Deno.errors.NotCapable ? cause.message : "it is not UTF-8";
    throw new Fault("usage", `Cannot read FANFOLD_STATE: ${what}`, {
      cause,
      hint: "--state-dir names the folder of runs, too",
    });
  }
}

/**
 * Makes the folder, for its owner alone: inputs and outputs may be private. One that others may enter is closed to them,
 * and so is the usual one around it; one around it that has another name may be anybody's. What is in it is kept out
 * of git.
 *
 * @throws {Fault} Of kind `journal`, if there cannot be such a folder.
 */
export function makeRunsFolder(folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: FOLDER_OWNERS_ALONE });
    const around = dirname(folder);
    for (const own of basename(around) === FOLDER ? [around, folder] : [folder]) closeFolder(own);
    const ignored = join(folder, ".gitignore");
    if (!exists(ignored)) Deno.writeTextFileSync(ignored, "*\n");
  } catch (cause) {
    throw new Fault("journal", `Cannot keep a journal in "${folder}": ${messageOf(cause)}`, {
      cause,
      hint: ELSEWHERE,
    });
  }
}

/** Has a folder be its owner's alone. */
function closeFolder(folder: string): void {
  if (Deno.build.os === "windows") return;
  const mode = statOf(folder)?.mode ?? 0;
  if ((mode & 0o777) === FOLDER_OWNERS_ALONE) return;
  try {
    Deno.chmodSync(folder, FOLDER_OWNERS_ALONE);
  } catch {
    // It is somebody else's, who alone may change it.
  }
}

/**
 * Makes an empty file for the journal of a new run, which nobody else makes, and which its owner alone can read.
 *
 * @param idBehind Gives an id for it, told those of the runs that are kept, the latest first.
 * @returns The id of the run.
 * @throws {Fault} Of kind `journal`, if there cannot be such a file.
 */
export function claimRun(folder: string, idBehind: (kept: readonly string[]) => string): string {
  for (;;) {
    const runId = idBehind(keptRuns(folder));
    const path = journalPath(folder, runId);
    try {
      Deno.openSync(path, { write: true, createNew: true, mode: OWNERS_ALONE }).close();
      keepPrivate(path);
      return runId;
    } catch (cause) {
      // Another program has begun a run since the folder was read.
      if (cause instanceof Deno.errors.AlreadyExists) continue;
      throw cannotLock(path, cause);
    }
  }
}

/** Has the files of a journal be their owner's alone; those that SQLite makes beside it get its mode. */
export function keepPrivate(journal: string): void {
  if (Deno.build.os === "windows") return;
  for (const end of ENDS) {
    try {
      Deno.chmodSync(`${journal}${end}`, OWNERS_ALONE);
    } catch {
      // It is not there, or somebody else's, who alone may change it.
    }
  }
}

/** The path of a run's journal. */
export function journalPath(folder: string, runId: string): string {
  return join(folder, `${runId}.db`);
}

/**
 * The ids of the runs that are kept, the latest first.
 *
 * @throws {Fault} Of kind `journal`, if there is a folder and it cannot be read.
 */
export function keptRuns(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name }) => /^(.+)\.db$/.exec(name)?.[1] ?? [])
      .sort().reverse();
  } catch (cause) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (cause instanceof NotFound || cause instanceof NotADirectory) return [];
    const message = `Cannot look for runs in "${folder}": ${messageOf(cause)}`;
    throw new Fault("journal", message, { cause });
  }
}

/** What the program that holds a run says of itself. */
export interface Holder {
  /** Its id of the operating system. */
  readonly pid: number;
  /** How many inputs its tasks have, by their names, as far as that is known before all have ended. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Whether it does again what did not end well before. */
  readonly repeatsFailed: boolean;
}

/** What is said by the program that holds a run now; nothing if none does, or it says nothing. */
export function holderOf(journal: string): Holder | undefined {
  if (!isHeld(journal)) return undefined;
  try {
    const said = JSON.parse(Deno.readTextFileSync(`${journal}.lock`)) as Partial<Holder>;
    const { pid, inputs, repeatsFailed } = said;
    const isTrue = Number.isSafeInteger(pid) && typeof inputs === "object" && inputs !== null &&
      Object.values(inputs).every(Number.isSafeInteger) && typeof repeatsFailed === "boolean";
    return isTrue ? said as Holder : undefined;
  } catch {
    // An earlier version said nothing, and what is just being written is not whole.
    return undefined;
  }
}

/** Holds a run, so that no other program goes on with it; let go of when this program ends, however it does. */
export class RunLock implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;

  /** @throws {Fault} Of kind `journal`, if another program holds it, or there cannot be such a file. */
  constructor(journal: string) {
    this.#path = `${journal}.lock`;
    for (;;) {
      const file = openLock(this.#path, journal);
      const isLocked = isTaken(file);
      // Who held it may have removed it since it was opened, and the next one made another.
      if (isLocked && statOf(this.#path)?.ino === file.statSync().ino) {
        this.#file = file;
        return;
      }
      file.close();
      if (isLocked) continue;
      throw new Fault("journal", `Cannot go on with "${journal}": it is being written`, {
        hint: "the run is under way, or another fanfold goes on with it",
      });
    }
  }

  /** Says something of who holds it to whoever looks; what cannot be written is not said. */
  say(holder: Holder): void {
    try {
      this.#file.truncateSync(0);
      this.#file.seekSync(0, Deno.SeekMode.Start);
      this.#file.writeSync(new TextEncoder().encode(JSON.stringify(holder)));
    } catch {
      // A full disk is told of where jobs are kept.
    }
  }

  [Symbol.dispose](): void {
    try {
      Deno.removeSync(this.#path);
    } catch {
      // One that nobody holds harms nobody, and somebody may have removed the whole folder.
    }
    this.#file.close();
  }
}

function openLock(path: string, journal: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, create: true, mode: OWNERS_ALONE });
  } catch (cause) {
    throw cannotLock(journal, cause);
  }
}

function cannotLock(journal: string, cause: unknown): Fault {
  return new Fault("journal", `Cannot lock the journal "${journal}": ${messageOf(cause)}`, {
    cause,
    hint: ELSEWHERE,
  });
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

/**
 * Whether the log of a journal was taken away, in which all may be that a run that was killed had written: SQLite
 * leaves its index only beside it.
 */
export function isLogGone(journal: string): boolean {
  // Who closes a journal removes the one after the other.
  return hasIndexAlone(journal) && !isHeld(journal) && hasIndexAlone(journal);
}

/** Whether a journal that nobody else is at has lost its log. */
export function hasIndexAlone(journal: string): boolean {
  return (statOf(`${journal}-shm`)?.size ?? 0) > 0 && !exists(`${journal}-wal`);
}

/** Whether there is a file or a folder. */
export function exists(path: string): boolean {
  return statOf(path) !== undefined;
}

/** What a path leads to; nothing if it leads nowhere. */
export function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** Takes a lock, if nobody holds it. Who only looks whether one is held shares it for a moment. */
function isTaken(file: Deno.FsFile): boolean {
  const end = performance.now() + LOOK_MS;
  let isMine = file.tryLockSync(true);
  while (!isMine && file.tryLockSync(false) && performance.now() < end) {
    isMine = file.tryLockSync(true);
  }
  return isMine;
}

/** What stands behind the name of a journal in those of its files. */
const ENDS = ["", "-wal", "-shm"];

/** The files of a run that are there: its journal, and what SQLite has beside it. */
export function filesOfRun(journal: string) {
  return ENDS.flatMap((end) => {
    const path = `${journal}${end}`;
    const found = statOf(path);
    return found ? [{ path, size: found.size, mtime: found.mtime }] : [];
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
