/**
 * The paths of files, as inputs.
 *
 * @module
 */

import { isAbsolute, relative, resolve } from "node:path";
import { Fault } from "../../fault.ts";
import { type BlockReader, inBlocks } from "../../streams/blocks.ts";
import { FileSearch, flawOfFolder } from "./file_search.ts";
import { type Glob, globsOf, isPattern, slashed, type Step } from "./glob.ts";
import type { SourceFlaw } from "../source_record.ts";
import { type Flaw, flawOfFile, type Origin, originOf } from "../unreadable.ts";

/** Patterns, and the folders that they and the paths are relative to. */
export type FilesInputs = {
  readonly kind: "files";
  readonly patterns: readonly string[];
  readonly exclude: readonly string[];
  /** Absolute folder the patterns are matched in. */
  readonly folder: string;
  /** Absolute folder the paths are given relative to: the one the jobs run in. */
  readonly from: string;
};

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
export function filesOf(source: FilesInputs): AsyncIterable<string> {
  return inBlocks(() => new FilesReader(source));
}

class FilesReader implements BlockReader<string> {
  readonly #source: FilesInputs;
  readonly #excludes: readonly Glob[];
  readonly #search: FileSearch;
  #isDone = false;

  constructor(source: FilesInputs) {
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

function globsIn(source: FilesInputs, pattern: string): Glob[] {
  const globs = globsOrFlaw(source, pattern);
  if ("reason" in globs) throw wrongPattern(pattern, globs);
  return globs;
}

function globsOrFlaw({ folder }: FilesInputs, pattern: string): Glob[] | Flaw {
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

/** How many paths are looked at together: one by one, each would wait for the disk alone. */
const AT_ONCE = 100;

/**
 * What can be known to be wrong before folders are searched: patterns, paths without wildcards, and the folders where
 * the search begins. That there is no such folder is none of it: nothing matches then. Of a long list, those behind the
 * first hundred with a mistake are not looked at, so that a list of a million does not give a million mistakes.
 */
export async function flawsOfFiles(source: FilesInputs): Promise<SourceFlaw[]> {
  const { patterns, exclude } = source;
  const flaws: SourceFlaw[] = [];
  const excludes = exclude.flatMap((pattern, at) => {
    const globs = globsOrFlaw(source, pattern);
    if (!("reason" in globs)) return globs;
    flaws.push({ flaw: globs, origin: originOfPattern(pattern), part: [], key: ["exclude", at] });
    return [];
  });
  for (let first = 0; first < patterns.length; first += AT_ONCE) {
    const some = patterns.slice(first, first + AT_ONCE);
    const found = await Promise.all(
      some.map((pattern) => flawsOfPattern(source, pattern, excludes)),
    );
    for (const [i, ofOne] of found.entries()) {
      flaws.push(...ofOne.map((flaw) => ({ ...flaw, part: [], key: ["files", first + i] })));
    }
    if (found.some((ofOne) => ofOne.length > 0)) break;
  }
  return flaws;
}

async function flawsOfPattern(
  source: FilesInputs,
  pattern: string,
  excludes: readonly Glob[],
): Promise<Pick<SourceFlaw, "flaw" | "origin">[]> {
  const { folder } = source;
  if (pattern.endsWith("/")) return [{ flaw: NAMES_FOLDERS, origin: originOfPattern(pattern) }];
  if (!isPattern(pattern)) {
    const flaw = await flawOfFile(resolve(folder, pattern));
    return flaw ? [{ flaw, origin: originOf(pattern) }] : [];
  }
  const globs = globsOrFlaw(source, pattern);
  if ("reason" in globs) return [{ flaw: globs, origin: originOfPattern(pattern) }];
  const found: Pick<SourceFlaw, "flaw" | "origin">[] = [];
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

/** Sorts texts in place by the bytes of their UTF-8, as `LC_ALL=C sort` does, and returns them. */
export function sortPaths(paths: string[]): string[] {
  // UTF-16 has the same order, except that it puts surrogates before U+E000.
  return paths.some((path) => /[\uD800-\uDFFF]/.test(path))
    ? paths.sort(byCodePoint)
    : paths.sort();
}

function byCodePoint(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
}

/** Orders code units as the code points they belong to; -1 is the end of the text. */
function rank(unit: number): number {
  if (Number.isNaN(unit)) return -1;
  if (unit < 0xD800) return unit;
  return unit < 0xE000 ? unit + 0x2000 : unit - 0x800;
}
