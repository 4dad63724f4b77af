/**
 * The paths of files, as inputs.
 *
 * @module
 */

import { isAbsolute, join, relative, resolve } from "node:path";
import { Fault } from "../../fault.ts";
import { type BlockReader, inBlocks } from "../../streams/blocks.ts";
import type { SourceFlaw } from "../source_record.ts";
import {
  type Flaw,
  flawOf,
  flawOfFile,
  inputFault,
  isAbsent,
  type Origin,
  originOf,
  unreadable,
} from "../unreadable.ts";
import { type Glob, globsOf, isPattern, slashed, type Step } from "./glob.ts";

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
  return inBlocks(() => filesReader(source));
}

function filesReader(source: FilesInputs): BlockReader<string> {
  const { patterns, folder, from } = source;
  const excludes = source.exclude.flatMap((pattern) => globsIn(source, pattern));
  const search = new FileSearch(folder, (path) => excludes.some((glob) => glob.excludes(path)));
  let isDone = false;
  /** Searches each folder once for all the patterns that start from it. */
  const find = async (patterns: readonly string[]) => {
    const starts = new Map<string, Set<Step>>();
    for (const pattern of patterns) {
      if (pattern.endsWith("/")) throw wrongPattern(pattern, NAMES_FOLDERS);
      if (!isPattern(pattern)) {
        await search.add(slashed(resolve(folder, pattern)), pattern);
        continue;
      }
      for (const { folder, first } of globsIn(source, pattern)) {
        const steps = starts.get(folder);
        if (steps) steps.add(first);
        else starts.set(folder, new Set([first]));
      }
    }
    for (const [folder, steps] of starts) await search.visit(folder, steps);
  };
  return {
    async read() {
      if (isDone) return undefined;
      isDone = true;
      await find(patterns.filter((pattern) => !isAbsolute(pattern)));
      const local = [...search.found];
      await find(patterns.filter((pattern) => isAbsolute(pattern)));
      const absolute = [...search.found].slice(local.length);
      return sortPaths([...local.map((path) => slashed(relative(from, path))), ...absolute]);
    },
    stop() {
      isDone = true;
      search.stop();
      return Promise.resolve();
    },
  };
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
  return paths.sort(paths.some((path) => /[\uD800-\uDFFF]/.test(path)) ? byCodePoint : undefined);
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

/** What is known of an entry of a folder. */
type Kind = Pick<Deno.DirEntry, "isFile" | "isDirectory" | "isSymlink">;

/**
 * A search for regular files, and symbolic links to such.
 *
 * Names are only listed where a pattern leaves them open, and a folder is read once for all the
 * steps that have come to it together. `**` does not lead through symbolic links, so that no search is endless.
 */
class FileSearch {
  readonly #from: string;
  readonly #isExcluded: (path: string) => boolean;
  /** Absolute paths of what has been found, each once, in no order. */
  readonly found: Set<string> = new Set();
  #isStopped = false;

  /**
   * @param from Absolute folder that faults name others relative to.
   * @param isExcluded Whether a path, with all below it, is left out.
   */
  constructor(from: string, isExcluded: (path: string) => boolean) {
    this.#from = from;
    this.#isExcluded = isExcluded;
  }

  /**
   * Adds a path that is known, unless it is left out.
   *
   * @param name The path as faults name it.
   * @throws {Fault} Of kind `input`, if there is nothing or a folder.
   */
  async add(path: string, name: string): Promise<void> {
    const flaw = await flawOfFile(path);
    if (flaw) throw inputFault(originOf(name), flaw);
    if (!this.#isExcluded(path)) this.found.add(path);
  }

  /** Ends the search after the folder it is at. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Finds what the steps lead to from a folder; nothing if there is no such folder.
   *
   * @throws {Fault} Of kind `input`, if a folder cannot be read or has a name that is not UTF-8.
   */
  async visit(folder: string, steps: Iterable<Step>): Promise<void> {
    if (this.#isStopped || this.#isExcluded(folder)) return;
    const open = withoutFolders(steps);
    for (const step of open) {
      if (step.literal === undefined) continue;
      const path = join(folder, step.literal);
      const kind = await this.#kindOf(path);
      if (kind) await this.#take(path, kind, [step]);
    }
    const listing = open.filter((step) => step.literal === undefined);
    if (listing.length === 0) return;
    const entries = await this.#ask(folder, (path) => Array.fromAsync(Deno.readDir(path)));
    for (const entry of entries ?? []) {
      const matching = listing.filter((step) => step.matches(entry.name));
      if (matching.length === 0) continue;
      const path = folder.endsWith("/") ? folder + entry.name : `${folder}/${entry.name}`;
      await this.#take(path, entry, matching);
    }
  }

  async #take(path: string, entry: Kind, steps: readonly Step[]): Promise<void> {
    const isLast = steps.some((step) => !step.isDeep && !step.next);
    const onward = new Set<Step>();
    for (const step of steps) {
      if (!step.isDeep && step.next) onward.add(step.next);
      if (step.isDeep && !entry.isSymlink) onward.add(step);
    }
    if (!isLast && (onward.size === 0 || entry.isFile)) return;
    if (this.#isStopped || this.#isExcluded(path)) return;
    if (path.includes("\uFFFD")) await this.#checkName(path);
    const kind = entry.isSymlink ? await this.#kindOf(path) : entry;
    if (kind?.isFile && isLast) this.found.add(path);
    if (kind?.isDirectory && onward.size > 0) await this.visit(path, onward);
  }

  /** What is asked of a path; nothing if nothing is there. */
  async #ask<T>(path: string, ask: (path: string) => Promise<T>): Promise<T | undefined> {
    try {
      return await ask(path);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw unreadable(this.#originOf(path), error);
    }
  }

  /** What a path leads to through symbolic links; `undefined` if to nothing. */
  #kindOf(path: string): Promise<Kind | undefined> {
    return this.#ask(path, Deno.stat);
  }

  /** Deno lists a name that is not UTF-8 with U+FFFD in it, under which the file cannot be opened. */
  async #checkName(path: string): Promise<void> {
    if (await this.#ask(path, Deno.lstat)) return;
    const hint = "rename the file, or exclude it";
    throw inputFault(this.#originOf(path), { reason: "the name is not UTF-8", hint });
  }

  #originOf(path: string): Origin {
    return originOf(relative(this.#from, path) || ".");
  }
}

/** What keeps the names in a folder from being listed; nothing if there is no such folder. */
async function flawOfFolder(path: string): Promise<Flaw | undefined> {
  try {
    // To ask for the first is enough.
    for await (const _ of Deno.readDir(path)) break;
    return undefined;
  } catch (error) {
    return isAbsent(error) ? undefined : flawOf(error, path);
  }
}

/** The steps and, as `**` may stand for no folder at all, those behind it. */
function withoutFolders(steps: Iterable<Step>): Step[] {
  const open = new Set(steps);
  for (const step of open) if (step.isDeep && step.next) open.add(step.next);
  return [...open];
}
