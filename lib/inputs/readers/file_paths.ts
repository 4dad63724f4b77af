/**
 * The paths of files, as inputs.
 *
 * @module
 */

import { isAbsolute, relative, resolve } from "node:path";
import { Fault } from "../../fault.ts";
import type { Source } from "../../job.ts";
import { type BlockReader, inBlocks } from "../../streams/blocks.ts";
import { FileSearch, flawOfFolder } from "./file_search.ts";
import { type Glob, globsOf, isPattern, slashed, type Step } from "./glob.ts";
import { sortPaths } from "./sort_paths.ts";
import { type Flaw, flawOfFile, type Origin, originOf } from "../unreadable.ts";

/** Patterns, and the folders that they and the paths are relative to. */
export type FilesSource = Extract<Source, { kind: "files" }>;

/**
 * The files that patterns match, each once, in the order of the bytes of their paths.
 *
 * Given are regular files and symbolic links to such. A name with a dot in front is matched only by a
 * pattern that has the dot too, and `**` does not lead through symbolic links, both as in shells. An
 * exclude leaves out the paths it matches, with or without a dot in front, and all that is in a
 * folder it matches; such a folder is not opened. A pattern that matches nothing gives nothing, but a
 * path without wildcards has to exist. A `\\` in front of a wildcard makes it text.
 *
 * Paths are relative to `source.from`, except that absolute patterns give absolute paths. All of them
 * are held, as they have to be sorted before the first is given.
 *
 * @throws {Fault} Of kind `input`, from `next()`: if a folder cannot be read, a path without wildcards is no
 * file, a matching name is not UTF-8, or a pattern is wrong.
 */
export function filesOf(source: FilesSource): AsyncIterable<string> {
  return inBlocks(() => new FilesReader(source));
}

class FilesReader implements BlockReader<string> {
  readonly #source: FilesSource;
  readonly #excludes: readonly Glob[];
  readonly #search: FileSearch;
  #isDone = false;

  constructor(source: FilesSource) {
    this.#source = source;
    this.#excludes = source.exclude.flatMap((pattern) => globsIn(source, pattern));
    this.#search = new FileSearch({
      from: source.folder,
      isExcluded: (path) => this.#excludes.some((glob) => glob.excludes(path)),
    });
  }

  async read(): Promise<string[] | undefined> {
    if (this.#isDone) return undefined;
    this.#isDone = true;
    const { patterns, from } = this.#source;
    await this.#find(patterns.filter((pattern) => !isAbsolute(pattern)));
    const local = [...this.#search.found];
    await this.#find(patterns.filter((pattern) => isAbsolute(pattern)));
    const absolute = [...this.#search.found].slice(local.length);
    return sortPaths([...local.map((path) => slashed(relative(from, path))), ...absolute]);
  }

  stop(): Promise<void> {
    this.#isDone = true;
    this.#search.stop();
    return Promise.resolve();
  }

  /** Searches each folder once for all the patterns that start from it. */
  async #find(patterns: readonly string[]): Promise<void> {
    const starts = new Map<string, Set<Step>>();
    for (const pattern of patterns) {
      if (pattern.endsWith("/")) throw wrongPattern(pattern, NAMES_FOLDERS);
      if (!isPattern(pattern)) {
        await this.#search.add(slashed(resolve(this.#source.folder, pattern)), pattern);
        continue;
      }
      for (const { folder, first } of globsIn(this.#source, pattern)) {
        const steps = starts.get(folder);
        if (steps) steps.add(first);
        else starts.set(folder, new Set([first]));
      }
    }
    for (const [folder, steps] of starts) await this.#search.visit(folder, steps);
  }
}

const NAMES_FOLDERS: Flaw = { reason: "it names folders, expected files" };

function globsIn(source: FilesSource, pattern: string): Glob[] {
  const globs = globsOrFlaw(source, pattern);
  if ("reason" in globs) throw wrongPattern(pattern, globs);
  return globs;
}

function globsOrFlaw({ folder }: FilesSource, pattern: string): Glob[] | Flaw {
  try {
    return globsOf(folder, pattern);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { reason: error.message, cause: error };
  }
}

function wrongPattern(pattern: string, { reason, cause }: Flaw): Fault {
  return new Fault("input", `Cannot read inputs ${originOfPattern(pattern).phrase}: ${reason}`, {
    cause,
  });
}

function originOfPattern(pattern: string): Origin {
  return originOf(pattern.length > 100 ? `${pattern.slice(0, 99)}…` : pattern);
}

/** What is wrong with a pattern, or with what it names. */
export interface PatternFlaw {
  readonly flaw: Flaw;
  readonly origin: Origin;
  readonly key: "files" | "exclude";
  /** Which of the patterns it is, from 0. */
  readonly at: number;
}

/** How many paths are looked at together: one by one, each would wait for the disk alone. */
const AT_ONCE = 100;

/**
 * What can be known to be wrong before folders are searched: patterns, paths without wildcards, and the folders where
 * the search begins. That there is no such folder is none of it: nothing matches then. Of a long list, those behind the
 * first hundred with a mistake are not looked at, so that a list of a million does not give a million mistakes.
 */
export async function flawsOfFiles(source: FilesSource): Promise<PatternFlaw[]> {
  const { patterns, exclude } = source;
  const flaws: PatternFlaw[] = [];
  const excludes = exclude.flatMap((pattern, at) => {
    const globs = globsOrFlaw(source, pattern);
    if (!("reason" in globs)) return globs;
    flaws.push({ flaw: globs, origin: originOfPattern(pattern), key: "exclude", at });
    return [];
  });
  for (let first = 0; first < patterns.length; first += AT_ONCE) {
    const some = patterns.slice(first, first + AT_ONCE);
    const found = await Promise.all(
      some.map((pattern) => flawsOfPattern(source, pattern, excludes)),
    );
    for (const [i, ofOne] of found.entries()) {
      flaws.push(...ofOne.map((flaw) => ({ ...flaw, key: "files" as const, at: first + i })));
    }
    if (found.some((ofOne) => ofOne.length > 0)) break;
  }
  return flaws;
}

async function flawsOfPattern(
  source: FilesSource,
  pattern: string,
  excludes: readonly Glob[],
): Promise<Pick<PatternFlaw, "flaw" | "origin">[]> {
  const { folder } = source;
  if (pattern.endsWith("/")) return [{ flaw: NAMES_FOLDERS, origin: originOfPattern(pattern) }];
  if (!isPattern(pattern)) {
    const flaw = await flawOfFile(resolve(folder, pattern));
    return flaw ? [{ flaw, origin: originOf(pattern) }] : [];
  }
  const globs = globsOrFlaw(source, pattern);
  if ("reason" in globs) return [{ flaw: globs, origin: originOfPattern(pattern) }];
  const found: Pick<PatternFlaw, "flaw" | "origin">[] = [];
  for (const start of foldersOf(globs, excludes)) {
    const flaw = await flawOfFolder(start);
    if (flaw) found.push({ flaw, origin: originOf(relative(folder, start) || ".") });
  }
  return found;
}

/** The folders whose names are listed first. */
function foldersOf(globs: readonly Glob[], excludes: readonly Glob[]): Set<string> {
  const listed = globs.filter(({ folder, first }) =>
    first.literal === undefined && !excludes.some((glob) => glob.excludes(folder))
  );
  return new Set(listed.map(({ folder }) => folder));
}
