/**
 * Folds paths: what was accessed becomes the few files and folders that are to be allowed.
 *
 * @module
 */

import { basename, dirname, relative } from "node:path";
import { isWithin } from "../text/file_path.ts";

/** What is known of the system that paths are of. */
export interface PathsSetting {
  /** Absolute folder of the tasks file. */
  readonly home: string;
  /** Absolute folders for temporary files. */
  readonly temporary: readonly string[];
  /** Absolute home folder of the user. */
  readonly userHome?: string;
  readonly exists: (path: string) => boolean;
  /** Whether a file is one that the run has made, or there is none any more. */
  readonly isNew: (path: string) => boolean;
}

/** From how many entries of a folder on all of it is allowed. */
export const MANY = 10;

/** From how many paths of a folder on that are gone others of other names are taken to follow. */
const MANY_GONE = 2;

/** The paths that jobs have written; what is asked of them takes no longer the more there are. */
export class WrittenPaths {
  readonly #paths: ReadonlySet<string>;
  /** The paths, and the folders that they are in. */
  readonly #around: Set<string> = new Set();
  readonly #goneIn: Map<string, number> = new Map();

  constructor(paths: Iterable<string>, exists: PathsSetting["exists"]) {
    this.#paths = new Set(paths);
    for (const path of this.#paths) {
      for (let at = path; !this.#around.has(at); at = dirname(at)) this.#around.add(at);
      const folder = dirname(path);
      if (!exists(path)) this.#goneIn.set(folder, this.goneIn(folder) + 1);
    }
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Whether one of them is in a folder, or is it. */
  hasWithin(folder: string): boolean {
    return this.#around.has(folder);
  }

  /** How many of a folder are gone. */
  goneIn(folder: string): number {
    return this.#goneIn.get(folder) ?? 0;
  }
}

/**
 * Puts the folder in the place of paths whose names will be others next time.
 *
 * These are paths that a job has written and that are gone, or have a name that looks drawn by lot: below a folder for
 * temporary files always, elsewhere if there are several in a folder. What was there before has a name of its own.
 *
 * @param written All paths that were written.
 */
export function lastingPath(
  path: string,
  written: WrittenPaths,
  setting: PathsSetting,
): string {
  const { temporary, home, isNew, exists } = setting;
  const root = temporary.filter((folder) => path !== folder && isWithin(path, folder))
    .sort((a, b) => b.length - a.length)[0];
  if (root !== undefined && !(isWithin(path, home) && isWithin(home, root))) {
    const [top = ""] = relative(root, path).split("/");
    const first = `${root}/${top}`;
    const isOfJob = written.hasWithin(first) && isNew(first);
    if (isOfJob && (!exists(first) || looksDrawn(top))) return root;
  }
  const steps = ancestors(path).filter((step) => isWithin(step, home) && step !== home);
  const drawn = steps.find((step) =>
    looksDrawn(basename(step)) && written.has(step) && isNew(step)
  );
  if (drawn !== undefined) return dirname(drawn);
  if (!written.has(path) || exists(path)) return path;
  const folder = dirname(path);
  if (!exists(folder)) return nearest(folder, exists);
  return written.goneIn(folder) >= MANY_GONE ? folder : path;
}

/** A folder that is there, or the nearest one above. */
export function nearest(folder: string, exists: PathsSetting["exists"]): string {
  return exists(folder) || folder === "/" ? folder : nearest(dirname(folder), exists);
}

/** The path and the folders that it is in, from the outermost on. */
function ancestors(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...ancestors(parent), path];
}

/** Whether a part of a name changes between letters, digits and capitals as no word or number does. */
function looksDrawn(name: string): boolean {
  return (name.match(/[A-Za-z0-9]{6,}/g) ?? []).some((part) => {
    const kinds = part.replaceAll(/[A-Z]?[a-z]+/g, "a").replaceAll(/[A-Z]+/g, "A").replaceAll(
      /\d+/g,
      "0",
    );
    return kinds.length > 2;
  });
}

/**
 * Few paths that stand for all of these: none is within another, and a folder stands for {@link MANY} of its entries,
 * unless it is one that holds more than the task is about: the root and what stands in it, the home of the user, a
 * folder for temporary files, a folder that the one of the tasks file is in.
 */
export function foldedPaths(paths: Iterable<string>, setting: PathsSetting): readonly string[] {
  const { home, temporary, userHome } = setting;
  const mayStand = (folder: string) =>
    dirname(folder) !== folder && dirname(folder) !== "/" && folder !== userHome &&
    !temporary.includes(folder) && !(folder !== home && isWithin(home, folder));
  const folded = new Set(paths);
  for (let isDone = false; !isDone;) {
    isDone = true;
    const entries = Map.groupBy(folded, (path) => dirname(path));
    for (const [folder, inIt] of entries) {
      if (inIt.length < MANY || !mayStand(folder)) continue;
      for (const path of inIt) folded.delete(path);
      folded.add(folder);
      isDone = false;
    }
  }
  return [...folded].sort().filter((path) =>
    !ancestors(path).some((folder) => folder !== path && folded.has(folder))
  );
}
